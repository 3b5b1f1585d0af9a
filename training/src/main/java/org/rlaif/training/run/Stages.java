package org.rlaif.training.run;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.rlaif.judge.Labeler;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.CandidatesConfig;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.config.PpoConfig;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.SftConfig;
import org.rlaif.training.data.ContextFilter;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.data.GeneratedData;
import org.rlaif.training.data.Splits;
import org.rlaif.training.data.UserData;
import org.rlaif.training.jobs.CandidatesJob;
import org.rlaif.training.jobs.EvaluationJob;
import org.rlaif.training.jobs.PpoJob;
import org.rlaif.training.jobs.RewardJob;
import org.rlaif.training.jobs.SftJob;
import org.rlaif.training.run.Servers.Serving;

/** What each stage does: takes what the stages before it left, runs its job, hands back figures. */
final class Stages {
  private static final String TRAIN = "train.jsonl";
  private static final String HELD_OUT = "heldOut.jsonl";
  private static final String PEOPLE = "as people have said what is better";

  private Stages() {}

  static Map<String, Object> data(RunContext run, Path out) {
    RunConfig config = run.config();
    if (config.data().source().equals("tldr")) {
      return GeneratedData.write(config.data(), config.seed(), out).figures();
    }
    return UserData.write(config.data(), config.seed(), config.sft() != null, out);
  }

  /**
   * Trains the tokenizer on the training text, with a chat template for conversations, or takes
   * those of the model to start from.
   */
  static Map<String, Object> tokenizer(RunContext run, Path out) throws IOException {
    DataSet data = run.data();
    Path tokenizerJson = out.resolve("tokenizer.json");
    if (run.config().model().folder().isEmpty()) {
      BpeTrainer.train(
          data.trainingTexts(), run.config().tokenizer().vocabularySize(), tokenizerJson);
      if (data.hasChats()) {
        ChatTemplate.writeOurs(out);
      }
    } else {
      Path model = run.config().model().path();
      ModelFolder.copyCompanions(model, out);
      tokenizerJson = ModelFolder.tokenizerJson(model); // for errors that name it
    }
    if (!run.config().reward().trained()) {
      SameTokens.require(tokenizerJson, run.config().reward());
    }
    try (Tokenizer tokenizer = Tokenizer.open(tokenizerJson)) {
      PromptEncoder encoder = PromptEncoder.of(tokenizerJson, tokenizer);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("vocabularySize", tokenizer.vocabularySize());
      figures.put(
          "promptTokens",
          data.test().stream()
              .mapToInt(each -> encoder.prompt(each.id(), each.prompt()).length)
              .average()
              .orElse(0));
      data.test().stream()
          .filter(Example::hasCompletion)
          .mapToInt(each -> encoder.completion(each.id(), each.prompt(), each.completion()).length)
          .average()
          .ifPresent(mean -> figures.put("completionTokens", mean));
      return figures;
    }
  }

  static Map<String, Object> sft(RunContext run, SftConfig config, Path out) {
    DataSet data = run.data();
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson())) {
      ContextFilter filter = run.filter(PromptEncoder.of(run.tokenizerJson(), tokenizer));
      List<Example> train = filter.examples(data.train());
      List<Example> validation = filter.examples(data.validation());
      Map<String, Object> figures =
          with(
              SftJob.run(
                  config,
                  run.config().model(),
                  run.tokenizerJson(),
                  train,
                  validation,
                  run.seed("sft"),
                  run.device(),
                  out),
              "tooLong",
              filter.dropped());
      return with(figures, "encodedApart", filter.apart());
    }
  }

  static Map<String, Object> candidates(RunContext run, Path out) {
    DataSet data = run.data();
    if (data.hasPreferences()) {
      return Map.of("leftOut", PEOPLE);
    }
    CandidatesConfig config = run.config().candidates();
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson());
        Serving serving = run.serve(Map.of("sft", run.start()))) {
      PromptEncoder encoder = PromptEncoder.of(run.tokenizerJson(), tokenizer);
      ContextFilter filter = run.filter(encoder);
      List<Example> prompts =
          different(filter.prompts(data.train(), config.maxTokens()), run.seed("candidates"));
      return with(
          CandidatesJob.run(
              config,
              serving.client(),
              run.served("sft"),
              encoder,
              prompts,
              run.seed("candidates"),
              out),
          "tooLong",
          filter.dropped());
    }
  }

  /** Asks the judge, or takes what people have said; then holds some of it out. */
  static Map<String, Object> label(RunContext run, Path out) {
    DataSet data = run.data();
    return data.hasPreferences() ? labelledByPeople(run, data, out) : labelledByJudge(run, out);
  }

  private static Map<String, Object> labelledByPeople(RunContext run, DataSet data, Path out) {
    try (Tokenizer tokenizer = Tokenizer.open(run.tokenizerJson())) {
      ContextFilter filter = run.filter(PromptEncoder.of(run.tokenizerJson(), tokenizer));
      List<Preference> train = filter.preferences(data.preferences());
      List<Preference> heldOut = filter.preferences(data.heldOutPreferences());
      JsonLines.write(out.resolve(TRAIN), train);
      JsonLines.write(out.resolve(HELD_OUT), heldOut);
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("judge", "people");
      figures.put("train", train.size());
      figures.put("heldOut", heldOut.size());
      figures.put("tooLong", filter.dropped());
      return figures;
    }
  }

  private static Map<String, Object> labelledByJudge(RunContext run, Path out) {
    List<Candidates> candidates =
        JsonLines.read(
            run.folder().stage("candidates").resolve("candidates.jsonl"), Candidates.class);
    try (Judging judging = Judging.ofLabels(run)) {
      Labeler.Labels labels = new Labeler(judging.judge()).label(candidates);
      labels.report().warnings().forEach(each -> System.err.println("label: " + each));
      List<Preference> preferences = labels.preferences();
      List<String> prompts = preferences.stream().map(Stages::transcript).toList();
      Set<String> held =
          Splits.heldOut(prompts, run.config().labels().heldOut(), run.config().seed(), "heldOut");
      List<Preference> heldOut =
          preferences.stream().filter(each -> held.contains(transcript(each))).toList();
      List<Preference> train =
          preferences.stream().filter(each -> !held.contains(transcript(each))).toList();
      JsonLines.write(out.resolve(TRAIN), train);
      JsonLines.write(out.resolve(HELD_OUT), heldOut);
      Map<String, Object> figures =
          new LinkedHashMap<>(
              Json.MAPPER.convertValue(
                  labels.report(), new TypeReference<Map<String, Object>>() {}));
      figures.values().removeIf(Objects::isNull);
      figures.put("train", train.size());
      figures.put("heldOut", heldOut.size());
      return figures;
    }
  }

  private static String transcript(Preference preference) {
    return preference.prompt().transcript();
  }

  static Map<String, Object> reward(RunContext run, Path out) {
    Path labels = run.folder().stage("label");
    try (ModelFolder sft = ModelFolder.open(run.start())) {
      ContextFilter filter = run.filter(PromptEncoder.of(sft));
      List<Preference> train =
          filter.preferences(JsonLines.read(labels.resolve(TRAIN), Preference.class));
      List<Preference> heldOut =
          filter.preferences(JsonLines.read(labels.resolve(HELD_OUT), Preference.class));
      Map<String, Object> figures =
          with(
              RewardJob.run(
                  run.config().reward(),
                  run.config().model().adapter(),
                  sft,
                  train,
                  heldOut,
                  run.seed("reward"),
                  run.device(),
                  out),
              "tooLong",
              filter.dropped());
      return with(figures, "encodedApart", filter.apart());
    }
  }

  static Map<String, Object> ppo(RunContext run, Path out) {
    PpoConfig config = run.config().ppo();
    try (ModelFolder sft = ModelFolder.open(run.start());
        ModelFolder reward = ModelFolder.open(run.reward());
        Serving serving = run.serve(Map.of("policy", run.start(), "reward", run.reward()))) {
      ContextFilter filter = run.filter(PromptEncoder.of(sft));
      List<Example> prompts =
          different(
              filter.prompts(filter.examples(run.data().train()), config.maxTokens()),
              run.seed("ppo"));
      return with(
          PpoJob.run(
              config,
              run.config().model().adapter(),
              sft,
              reward,
              serving.client(),
              run.served("policy"),
              run.served("reward"),
              prompts,
              run.seed("ppo"),
              run.device(),
              out),
          "tooLong",
          filter.dropped());
    }
  }

  static Map<String, Object> evaluate(RunContext run, Path out) {
    EvaluationConfig config = run.config().evaluation();
    try (ModelFolder sft = ModelFolder.open(run.start());
        ModelFolder policy = ModelFolder.open(run.model("ppo"));
        Serving serving =
            run.serve(
                Map.of(
                    "sft", run.start(),
                    "policy", run.model("ppo"),
                    "reward", run.reward()));
        Judging judging = Judging.ofEvaluation(run)) {
      ContextFilter filter = run.filter(PromptEncoder.of(sft));
      List<Example> test = filter.prompts(filter.examples(run.data().test()), config.maxTokens());
      return with(
          EvaluationJob.run(
              config,
              serving.client(),
              new EvaluationJob.Names(
                  run.served("sft"), run.served("policy"), run.served("reward")),
              sft,
              policy,
              test,
              judging.comparer(),
              run.seed("evaluate"),
              run.device(),
              out),
          "tooLong",
          filter.dropped());
    }
  }

  /** One example for each prompt, in an order of the seed. */
  private static List<Example> different(List<Example> examples, long seed) {
    Map<Prompt, Example> byPrompt = new LinkedHashMap<>();
    examples.forEach(each -> byPrompt.putIfAbsent(each.prompt(), each));
    List<Example> shuffled = new ArrayList<>(byPrompt.values());
    Collections.shuffle(shuffled, new Random(seed));
    return shuffled;
  }

  private static Map<String, Object> with(Map<String, Object> figures, String name, int count) {
    Map<String, Object> more = new LinkedHashMap<>(figures);
    more.put(name, count);
    return more;
  }
}
