package org.rlaif.serving.sampling;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.text.Tokenizer;

/**
 * The token ids of a policy.
 *
 * @param size ids that the network knows
 * @param known ids from here on have no text
 * @param ends ids that end a completion
 * @param first what a text begins with: the beginning, or the end where there is no beginning
 * @param never at most two ids, ascending, that are known but never written: padding and the
 *     beginning
 */
public record Vocabulary(int size, int known, int first, Set<Integer> ends, List<Integer> never) {
  public static Vocabulary of(DecoderConfig config, Tokenizer tokenizer) {
    Set<Integer> ends = Arrays.stream(tokenizer.endIds()).boxed().collect(Collectors.toSet());
    List<Integer> never =
        IntStream.concat(tokenizer.padId().stream(), tokenizer.bosId().stream())
            .filter(id -> !ends.contains(id)) // some models pad with what ends their texts
            .distinct()
            .sorted()
            .boxed()
            .toList();
    return new Vocabulary(
        config.vocabularySize(),
        tokenizer.vocabularySize(),
        tokenizer.bosId().orElse(tokenizer.eosId()),
        ends,
        never);
  }
}
