package org.rlaif.training.verification;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.OnPolicyStage;

/** Verifies all that a run claims, and says so line by line. */
public final class Verification {
  private Verification() {}

  /**
   * Verifies one claim after the other.
   *
   * @throws org.rlaif.kit.UserError that names the first difference
   */
  public static void run(
      RunContext context, List<Stage<?>> stages, Sample sample, PrintWriter out) {
    verify(new FilesClaim(stages), context, sample, out); // what the others lean on
    for (Claim claim : claims(context.run(), stages)) {
      verify(claim, context, sample, out);
    }
  }

  private static void verify(Claim claim, RunContext context, Sample sample, PrintWriter out) {
    out.printf(Locale.ROOT, "%-10s %s%n", claim.name(), claim.verify(context, sample));
    out.flush();
  }

  /** In the order of the stages. */
  private static List<Claim> claims(Run run, List<Stage<?>> stages) {
    List<Claim> claims = new ArrayList<>();
    for (Stage<?> stage : stages) {
      if (stage.about().leaves() == Product.PREFERENCES) {
        claims.add(new LabelsClaim());
      } else if (stage instanceof OnPolicyStage policy) {
        claims.add(new LogprobsClaim(stage.name()));
        claims.add(new ScoresClaim(stage.name()));
        claims.add(new FirstUpdateClaim(policy));
      } else if (Files.exists(run.folder().stage(stage.name()).resolve(FirstStepClaim.METRICS))) {
        claims.add(new FirstStepClaim(stage));
      }
    }
    return claims;
  }
}
