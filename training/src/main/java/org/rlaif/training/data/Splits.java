package org.rlaif.training.data;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.rlaif.kit.AtomicFiles;

/**
 * Decides which prompts are held out. Only the seed and a prompt's text count, so the same prompt
 * is never on both sides, in whatever order and how often it comes.
 */
public final class Splits {
  private Splits() {}

  private record Hashed(long hash, String prompt) {}

  /**
   * Holds out a share of the different prompts, rounded, at least one if the share is above 0.
   *
   * @param salt what they are held out for; different salts choose independently
   */
  public static Set<String> heldOut(
      Collection<String> prompts, double share, long seed, String salt) {
    Set<String> different = new HashSet<>(prompts);
    int count =
        share == 0
            ? 0
            : (int) Math.max(1, Math.min(different.size(), Math.round(share * different.size())));
    List<String> chosen =
        different.stream()
            .map(prompt -> new Hashed(hash(seed + "/" + salt + "/" + prompt), prompt))
            .sorted(
                Comparator.comparingLong(Hashed::hash)
                    .thenComparing(Hashed::prompt, Comparator.naturalOrder()))
            .limit(count)
            .map(Hashed::prompt)
            .toList();
    return Set.copyOf(chosen);
  }

  /** The start of a text's SHA-256: the same on every machine. */
  public static long hash(String text) {
    String hexadecimal = AtomicFiles.sha256(text.getBytes(StandardCharsets.UTF_8));
    return Long.parseUnsignedLong(hexadecimal, 0, 16, 16);
  }
}
