package org.rlaif.judge.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Judge;
import org.rlaif.judge.LabelProof;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Percent;
import org.rlaif.kit.Preference;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds out whether labels are what a judge said. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Finds out whether labels are what judge label has written: every byte by the chain of their",
      "links, and a sample of them by asking the judge again, if it can be asked."
    },
    footer = {"", "Example: rlaif judge verify preferences.jsonl --sample 5%%"})
public final class VerifyLabelsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "LABELS",
      description = "Preferences as judge label wrote them, with LABELS.proof.json beside them.")
  private Path labels = Path.of("");

  @Option(
      names = "--candidates",
      paramLabel = "FILE",
      description = "The candidates that they are about, to be compared, too.")
  private @Nullable Path candidates;

  @Option(
      names = "--sample",
      paramLabel = "SHARE",
      description = "How many of them the judge is asked again. Default: ${DEFAULT-VALUE}.")
  private String sample = "5%";

  @Option(
      names = "--seed",
      description = "Of the sample. Default: one that nobody knows beforehand.")
  private @Nullable Long seed;

  @Override
  public Integer call() {
    double share = Percent.of("--sample", sample);
    PrintWriter out = spec.commandLine().getOut();
    LabelProof proof = LabelProof.read(labels);
    if (candidates != null) {
      UserError.require(
          AtomicFiles.sha256(candidates).equals(proof.candidates()),
          candidates.toString(),
          "other bytes than the candidates of these labels",
          "SHA-256 " + proof.candidates());
    }
    String together = proof.together();
    if (together != null) {
      int whole =
          together.endsWith("(ratings)")
              ? proof.requireWhole(labels, RatedCompletion.class).size()
              : proof.requireWhole(labels).size();
      out.printf(
          Locale.ROOT,
          "%d labels, linked and whole, of %s%ngiven together, by %s: not asked for again%n",
          whole,
          proof.time(),
          together);
      out.flush();
      return 0;
    }
    List<Preference> rows = proof.requireWhole(labels);
    out.printf(Locale.ROOT, "%d labels, linked and whole, of %s%n", rows.size(), proof.time());
    String kind = proof.judge().kind();
    if (!proof.judge().chosen().canBeAskedAgain()) {
      out.printf("a judge of kind %s answers as it likes: it is not asked again%n", kind);
    } else if (!rows.isEmpty()) {
      long by = seed == null ? new SecureRandom().nextLong() : seed;
      try (Judge judge = proof.judge().open(proof.seed(), null, null)) {
        int asked = proof.requireRepeated(labels, rows, judge, share, by);
        out.printf(
            Locale.ROOT,
            "%d of them, asked again of %s: equal to the bit%n"
                + "had 1, 10 or 100 others been forged with all links made anew, %.0f, %.0f or %.0f %%"
                + " of such samples would show it%n",
            asked,
            judge.name(),
            100 * caught(share, 1),
            100 * caught(share, 10),
            100 * caught(share, 100));
      }
    }
    out.flush();
    return 0;
  }

  /** How probable it is that one of so many forged labels is in the sample. */
  private static double caught(double share, int forged) {
    return 1 - Math.pow(1 - share, forged);
  }
}
