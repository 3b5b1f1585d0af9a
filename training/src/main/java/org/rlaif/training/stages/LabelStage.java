package org.rlaif.training.stages;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rlaif.judge.LabelChain;
import org.rlaif.judge.Labeler;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.data.Splits;
import org.rlaif.training.offline.LabelledCompletions;
import org.rlaif.training.offline.LabelledPairs;
import org.rlaif.training.offline.RatedCompletions;
import org.rlaif.training.report.ReportPart;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;

/** Asks the judge, or takes what people have said; then holds some of it out. */
record LabelStage(RunConfig config) implements Stage<LabelFigures> {
  private static final String TRAIN = "train.jsonl";
  private static final String HELD_OUT = "heldOut.jsonl";
  private static final String UNPAIRED = "unpaired.jsonl";
  private static final String HELD_OUT_UNPAIRED = "heldOutUnpaired.jsonl";
  private static final String RATED = "rated.jsonl";
  private static final String HELD_OUT_RATED = "heldOutRated.jsonl";

  @Override
  public About<LabelFigures> about() {
    return new About<>(
        "label",
        "Asks the judge about the candidates, or takes people's preferences.",
        LabelFigures.class,
        Product.PREFERENCES,
        List.of("judge", "train", "heldOut", "unanswered"));
  }

  @Override
  public Object settings() {
    return List.of(config.labels(), config.judge().decisive());
  }

  @Override
  public void check(Run run) {
    double heldOut = config.labels().heldOut();
    UserError.require(
        (heldOut > 0 && heldOut < 1) || !run.asksJudge(),
        "labels.heldOut",
        heldOut,
        "> 0 and < 1: the reward model learns from some labels and is measured on others");
    UserError.require(
        config.iterations() == 1 || run.asksJudge(),
        "iterations",
        config.iterations(),
        "1, as people have labelled the data, and of the next policy's completions they say nothing");
    if (run.isGenerated()) { // on users' own data the evaluation's judge is the same
      RunJudge.check(run);
    }
  }

  @Override
  public LabelFigures work(RunContext context, Path out) {
    DataSet data = context.run().data();
    return data.hasPreferences() ? byPeople(context.run(), data, out) : byJudge(context, out);
  }

  private static LabelFigures byPeople(Run run, DataSet data, Path out) {
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson())) {
      ContextFilter filter = run.filter(PromptEncoder.of(run.tokenizerJson(), tokenizer));
      List<Preference> train = filter.preferences(data.preferences());
      List<Preference> heldOut = filter.preferences(data.heldOutPreferences());
      write(out, train, heldOut);
      List<UnpairedPreference> unpaired = filter.unpaired(data.unpaired());
      List<UnpairedPreference> heldOutUnpaired = filter.unpaired(data.heldOutUnpaired());
      if (!unpaired.isEmpty()) {
        JsonLines.write(out.resolve(UNPAIRED), unpaired);
        JsonLines.write(out.resolve(HELD_OUT_UNPAIRED), heldOutUnpaired);
      }
      List<RatedCompletion> rated = filter.rated(data.rated());
      List<RatedCompletion> heldOutRated = filter.rated(data.heldOutRated());
      if (!rated.isEmpty()) {
        JsonLines.write(out.resolve(RATED), rated);
        JsonLines.write(out.resolve(HELD_OUT_RATED), heldOutRated);
      }
      return LabelFigures.ofPeople(
          train.size() + unpaired.size() + rated.size(),
          heldOut.size() + heldOutUnpaired.size() + heldOutRated.size(),
          filter.dropped());
    }
  }

  private LabelFigures byJudge(RunContext context, Path out) {
    Run run = context.run();
    Path file = run.path(Product.CANDIDATES).resolve("candidates.jsonl");
    List<Candidates> candidates = JsonLines.read(file, Candidates.class);
    try (RunJudge judging = RunJudge.open(context)) {
      var labeler = new Labeler(judging.judge(), config.labels().clamp());
      Labeler.Labels labels = labeler.label(candidates);
      labels.report().warnings().forEach(each -> System.err.println("label: " + each));
      List<String> prompts = labels.preferences().stream().map(LabelStage::transcript).toList();
      Set<String> held =
          Splits.heldOut(prompts, config.labels().heldOut(), config.seed(), "heldOut");
      List<Preference> train = new ArrayList<>(labels.preferences());
      train.removeIf(each -> held.contains(transcript(each)));
      List<Preference> heldOut = new ArrayList<>(labels.preferences());
      heldOut.removeIf(each -> !held.contains(transcript(each)));
      String about = AtomicFiles.sha256(file);
      write(out, LabelChain.linked(about, train), LabelChain.linked(about, heldOut));
      return LabelFigures.ofJudge(labels.report(), train.size(), heldOut.size());
    }
  }

  private static String transcript(Preference preference) {
    return preference.prompt().transcript();
  }

  private static void write(Path out, List<Preference> train, List<Preference> heldOut) {
    JsonLines.write(out.resolve(TRAIN), train);
    JsonLines.write(out.resolve(HELD_OUT), heldOut);
  }

  /** What this stage has left, as far as it fits the context. */
  static LabelledPairs read(Run run, PromptEncoder encoder) {
    Path folder = run.path(Product.PREFERENCES);
    ContextFilter filter = run.filter(encoder);
    List<Preference> train =
        filter.preferences(JsonLines.read(folder.resolve(TRAIN), Preference.class));
    List<Preference> heldOut =
        filter.preferences(JsonLines.read(folder.resolve(HELD_OUT), Preference.class));
    return new LabelledPairs(train, heldOut, filter.dropped(), filter.apart());
  }

  /** The same with completions that were judged by themselves. */
  static LabelledCompletions readCompletions(Run run, PromptEncoder encoder) {
    Path folder = run.path(Product.PREFERENCES);
    ContextFilter filter = run.filter(encoder);
    LabelledPairs pairs = read(run, encoder);
    return new LabelledCompletions(
        pairs,
        filter.unpaired(DataSet.readIfAny(folder.resolve(UNPAIRED), UnpairedPreference.class)),
        filter.unpaired(
            DataSet.readIfAny(folder.resolve(HELD_OUT_UNPAIRED), UnpairedPreference.class)),
        pairs.tooLong() + filter.dropped(),
        encoder.apart());
  }

  /** Completions that people have rated, as far as they fit the context. */
  static RatedCompletions readRated(Run run, PromptEncoder encoder) {
    Path folder = run.path(Product.PREFERENCES);
    ContextFilter filter = run.filter(encoder);
    List<RatedCompletion> train =
        filter.rated(DataSet.readIfAny(folder.resolve(RATED), RatedCompletion.class));
    List<RatedCompletion> heldOut =
        filter.rated(DataSet.readIfAny(folder.resolve(HELD_OUT_RATED), RatedCompletion.class));
    return new RatedCompletions(train, heldOut, filter.dropped(), filter.apart());
  }

  @Override
  public String section() {
    return "labels";
  }

  @Override
  public void report(LabelFigures figures, Run run, ReportPart part) {
    if (!figures.isByPeople()) {
      part.story("a judge compared its completions");
    }
    JudgeWords.ofLabels(figures, config.judge()).forEach(part::judge);
    part.closing("The labels are given by %s.".formatted(JudgeWords.name(figures.judge())));
    Double before = figures.positionBiasBefore();
    Double after = figures.positionBiasAfter();
    if (before == null || after == null) {
      return;
    }
    part.figureOfTheRun("positionBias", Map.of("before", before, "after", after));
    double end = Math.max(60, Math.ceil(100 * Math.abs(before) / 5) * 5 + 55);
    part.picture(
        Pictures.rows(
            "position-bias",
            "Position bias of the judge, before and after the cure",
            "Mean probability that the judge gives to the completion shown first. The dashed line"
                + " is a judge that does not care about the position; the mean of both orders gets"
                + " there.",
            new Axis("first position (%)", 0, end, 50),
            List.of(bar("one order", before, true), bar("both orders", after, false))));
  }

  private static Amount bar(String label, double bias, boolean before) {
    return Amount.share(
        label, 0.5 + bias, Double.NaN, Double.NaN, before ? Theme::before : Theme::policy);
  }
}
