package org.rlaif.training.verification;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.judge.JudgeKind;
import org.rlaif.judge.Labeler;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Preference;
import org.rlaif.kit.UserError;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.stages.RunJudge;

/** The judge says the same of a pair again; one that is somebody else's is not asked. */
record LabelsClaim() implements Claim {
  private static final List<String> FILES = List.of("train.jsonl", "heldOut.jsonl");

  @Override
  public String name() {
    return "labels";
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    if (!run.asksJudge()) {
      return "given by people: not asked again";
    }
    JudgeKind kind = run.config().judge().chosen();
    if (!kind.computesAnswers() && !(kind.servedHere() && run.config().server().isEmpty())) {
      return "given by a judge of kind %s that is not run here: not asked again"
          .formatted(run.config().judge().kind());
    }
    Nearness nearness = kind.computesAnswers() ? Nearness.exact() : Repetition.of(run);
    int asked = 0;
    int all = 0;
    try (RunJudge judging = RunJudge.open(context)) {
      for (String file : FILES) {
        Rows<Preference> rows =
            Rows.read(run.path(Product.PREFERENCES).resolve(file), Preference.class);
        Rows<Preference> some = rows.sample(sample, "labels " + file);
        var labeler = new Labeler(judging.judge(), run.config().labels().clamp());
        compare(some, labeler, nearness);
        asked += some.size();
        all += rows.size();
      }
      return "%d of %d pairs, asked again of %s: %s"
          .formatted(asked, all, judging.judge().name(), nearness.words());
    }
  }

  private static void compare(Rows<Preference> some, Labeler labeler, Nearness nearness) {
    List<Candidates> pairs = new ArrayList<>(some.size());
    for (Preference each : some.rows()) {
      Preference.Tokens tokens = each.tokens();
      pairs.add(
          new Candidates(
              each.id(),
              each.prompt(),
              List.of(each.first(), each.second()),
              tokens == null ? null : List.of(tokens.first(), tokens.second())));
    }
    if (pairs.isEmpty()) {
      return;
    }
    List<Preference> again = labeler.label(pairs).preferences();
    UserError.require(
        again.size() == some.size(),
        some.file().toString(),
        "%d pairs of which the judge has said something".formatted(some.size()),
        "%d, as it does not answer the others".formatted(again.size()));
    for (int i = 0; i < again.size(); i++) {
      some.compare(i, again.get(i), nearness);
    }
  }
}
