package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;

/** From a YAML file to a report, with the real engines and models that know nothing. */
class WholeRunTest {
  @TempDir Path folder;

  @Test
  void theLoopRunsFromDataToReportAndCanBeRepeated() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    Typed first = run(yaml, "a");
    assertEquals(0, first.code(), first.err());
    Path run = folder.resolve("a/tiny");
    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    hasTheKeysOfAReport(report);
    for (String name : List.of("sft", "reward", "ppo")) {
      assertTrue(Files.isRegularFile(run.resolve(name + "/model/model.safetensors")), name);
    }
    try (Stream<Path> rollouts = Files.list(run.resolve("ppo/rollouts"))) {
      assertEquals(2, rollouts.count());
    }
    picturesAreWhole(run);
    pageIsSelfContained(run);

    // The same seed elsewhere: the same figures, times apart.
    Typed elsewhere = run(yaml, "b");
    assertEquals(0, elsewhere.code(), elsewhere.err());
    JsonNode figures = TinyRun.timeless(run);
    assertEquals(figures, TinyRun.timeless(folder.resolve("b/tiny")));

    // What has finished is skipped; what is lost is made again, with the figures it had.
    AtomicFiles.deleteRecursively(run.resolve("ppo"));
    Typed continued = run(yaml, "a");
    assertEquals(
        List.of("data", "tokenizer", "sft", "candidates", "label", "reward"),
        stagesWith(continued, true).subList(0, 6));
    assertTrue(stagesWith(continued, false).contains("ppo"), continued.out());
    assertEquals(figures, TinyRun.timeless(run));

    // Another setting repeats its stage and those behind it.
    Typed refused = run(yaml, "a", "--set", "onPolicy.kl.coefficient=0.1");
    assertEquals(2, refused.code(), refused.err());
    assertTrue(
        refused
            .err()
            .contains(
                ": finished with other settings: ppo, evaluate (onPolicy.kl.coefficient was 0.05,"
                    + " is 0.1)"),
        refused.err());
    assertEquals(figures, TinyRun.timeless(run));
    assertFalse(
        Files.readString(run.resolve("command.json")).contains("kl.coefficient"),
        "what was refused was not run");
    Typed changed = run(yaml, "a", "--set", "onPolicy.kl.coefficient=0.1", "--replace");
    assertEquals(0, changed.code(), changed.err());
    assertEquals(List.of("ppo", "evaluate", "report"), stagesWith(changed, false));

    Typed otherSeed = run(yaml, "a", "--seed", "1", "--name", "other");
    assertEquals(0, otherSeed.code(), otherSeed.err());
    JsonNode other = Json.MAPPER.readTree(folder.resolve("a/other/report.json").toFile());
    assertNotEquals(report.at("/sft/trainLoss"), other.at("/sft/trainLoss"));
    isComparedWithTheOther();
  }

  /** The two runs of one folder, side by side. */
  private void isComparedWithTheOther() throws IOException {
    Path page = folder.resolve("compare.html");
    Typed compared =
        Typed.rlaif(
            "compare",
            "tiny",
            "other",
            "--runs",
            folder.resolve("a").toString(),
            "--out",
            page.toString());
    assertEquals(0, compared.code(), compared.err());
    List<String> lines = compared.out().lines().toList();
    assertTrue(lines.get(0).startsWith("run    algorithm  seed  win rate (%)"), lines.get(0));
    assertTrue(
        lines.get(1).matches("tiny +ppo +0 +[0-9.]+ \\([0-9.]+ to [0-9.]+\\) .*"), lines.get(1));
    assertTrue(lines.get(2).startsWith("other  ppo        1     "), lines.get(2));
    assertEquals(
        List.of("onPolicy.kl.coefficient: 0.1, 0.05", "seed: 0, 1"),
        lines.subList(3, lines.size()));
    String html = Files.readString(page);
    assertTrue(html.contains("<td>seed</td><td>0</td><td>1</td>"), html);
    assertEquals(2, html.split("What they differ in", -1).length, "it stands there once");
    assertTrue(html.contains("How often each policy wins"));
    assertTrue(html.contains("Update by update"));
    Typed alone = Typed.rlaif("compare", "tiny", "--runs", folder.resolve("a").toString());
    assertEquals("rlaif: RUN: [tiny] (expected: at least two runs)", alone.err().strip());
  }

  @Test
  void preferencesByPeopleNeedNoJudge() throws IOException {
    List<String> rows =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    "{\"chosen\": \"\\n\\nHuman: say <b>%1$d</b>\\n\\nAssistant: %1$d it is\","
                            .formatted(i)
                        + " \"rejected\": \"\\n\\nHuman: say <b>%d</b>\\n\\nAssistant: no\"}"
                            .formatted(i))
            .toList();
    Path data = Files.write(folder.resolve("people.jsonl"), rows);
    Path yaml =
        Files.writeString(
            folder.resolve("tiny.yaml"),
            TinyRun.YAML.replace("evaluation: {", "evaluation: {judge: configured, ")
                + "data: {source: files, files: ['"
                + data
                + "'], validation: 0.1, test: 0.2}\n");
    Typed typed = run(yaml, "a");
    assertEquals(0, typed.code(), typed.err());
    Path run = folder.resolve("a/tiny");
    assertFalse(Files.exists(run.resolve("candidates/candidates.jsonl")));
    List<Preference> train = JsonLines.read(run.resolve("label/train.jsonl"), Preference.class);
    assertEquals(42, train.size());
    assertEquals("human", train.get(0).provenance().source());
    assertTrue(train.get(0).prompt().transcript().endsWith("\n\nAssistant:"));

    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertEquals("people", report.at("/labels/judge").asText());
    assertEquals("rubric:general", report.at("/evaluation/judge").asText());
    assertTrue(report.at("/winRate/policyVsSft/value").isNumber());
    assertTrue(report.at("/positionBias").isMissingNode());
    String page = Files.readString(run.resolve("report.html"));
    assertTrue(page.contains("come from people"));
    assertTrue(page.contains("say &lt;b&gt;"), "text of the data is escaped");
    assertFalse(page.contains("say <b>"));
    assertFalse(Files.exists(run.resolve("pictures/position-bias.png")));
  }

  @Test
  void completionsByThemselvesNeedNoJudge() throws IOException {
    List<String> rows =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    "{\"prompt\": \"say %d\", \"completion\": \" %s\", \"good\": %b}"
                        .formatted(i / 2, i % 2 == 0 ? "it is " + i : "no", i % 2 == 0))
            .toList();
    Path data = Files.write(folder.resolve("labels.jsonl"), rows);
    Path yaml =
        Files.writeString(
            folder.resolve("tiny.yaml"),
            TinyRun.YAML.replace("evaluation: {", "evaluation: {judge: configured, ")
                + "algorithm: kto\nkto: {epochs: 1, batch: 8}\n"
                + "data: {source: files, files: ['%s'], layout: unpaired, columns: {label: good},"
                    .formatted(data)
                + " validation: 0.1, test: 0.2}\n");
    Typed typed = run(yaml, "a");
    assertEquals(0, typed.code(), typed.err());
    Path run = folder.resolve("a/tiny");
    assertFalse(Files.exists(run.resolve("candidates/candidates.jsonl")));
    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertEquals("people", report.at("/labels/judge").asText());
    assertEquals(42, report.at("/labels/train").asInt());
    assertEquals(18, report.at("/labels/heldOut").asInt());
    assertEquals(42, report.at("/kto/completions").asInt());
    assertEquals(21, report.at("/kto/desirable").asDouble());
    assertTrue(report.at("/kto/rewards/chosen").isNumber(), report.toString());
    assertEquals(6, report.at("/winRate/policyVsSft/n").asInt(), "prompts with a wanted answer");
    assertTrue(Files.exists(run.resolve("pictures/implicit-rewards.png")));
    assertTrue(Files.readString(run.resolve("report.html")).contains("21 of 42 completions"));
  }

  @Test
  void modelsAndPromptsAreBroughtAlong() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    assertEquals(0, run(yaml, "a").code());
    Path made = folder.resolve("a/tiny");
    Path prompts =
        Files.write(
            folder.resolve("prompts.jsonl"),
            IntStream.range(0, 40)
                .mapToObj("{\"prompt\": \"Who took coat %d?\"}"::formatted)
                .toList());
    Path test =
        Files.write(
            folder.resolve("test.jsonl"),
            IntStream.range(0, 8)
                .mapToObj("{\"prompt\": \"Who has hat %d?\"}"::formatted)
                .toList());
    Path bring =
        Files.writeString(
            folder.resolve("bring.yaml"),
            TinyRun.YAML
                    .replace("sft: {steps: 4, batch: 4}", "sft: skip")
                    .replace("model: {", "model: {folder: '" + made + "/sft/model', ")
                    .replace("reward: {", "reward: {folder: '" + made + "/reward/model', ")
                    .replace("evaluation: {", "evaluation: {judge: configured, ")
                + "judge: {rubric: general}\n"
                + "data: {source: files, files: ['%s'], testFiles: ['%s']}\n"
                    .formatted(prompts, test));
    Typed typed = run(bring, "b");
    assertEquals(0, typed.code(), typed.err());
    assertEquals(
        List.of("data", "tokenizer", "ppo", "evaluate", "report"), stagesWith(typed, false));
    assertTrue(
        typed.out().contains("Against its starting point (the model that it began as)"),
        typed.out());
    assertFalse(typed.out().contains("NaN"), typed.out());
    Path run = folder.resolve("b/tiny");
    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertEquals(8, report.at("/winRate/policyVsSft/n").asInt());
    assertTrue(report.at("/winRate/policyVsReference").isMissingNode());
    assertTrue(report.at("/evaluation/score/reference").isMissingNode());
    assertTrue(report.at("/parity/maxAbsLogprobDifference").asDouble() <= 1e-4);
    assertEquals(
        Map.of(
            "policy",
            run.resolve("ppo/model"),
            "reward",
            made.resolve("reward/model").toAbsolutePath().normalize()),
        TinyRun.models(run));
    assertEquals(0, stagesWith(run(bring, "b"), false).size());
    Typed sft = Typed.rlaif("sft", bring.toString(), "--runs", folder.resolve("b").toString());
    assertEquals(
        "rlaif: stage: sft (expected: one of data, tokenizer, ppo, evaluate, report in this run)",
        sft.err().strip());

    // With a judge in the place of the reward model, and an adapter in the place of all weights.
    Typed adapted = run(bring, "c", "--set", "reward.folder=", "--set", "model.adapter.rank=2");
    assertEquals(0, adapted.code(), adapted.err());
    assertTrue(stagesWith(adapted, false).containsAll(List.of("candidates", "label", "reward")));
    assertTrue(Files.isRegularFile(folder.resolve("c/tiny/ppo/model/adapter_model.safetensors")));

    Typed others =
        run(
            yaml,
            "d",
            "--set",
            "tokenizer.vocabularySize=290",
            "--set",
            "reward.folder='" + made + "/reward/model'");
    assertEquals(2, others.code());
    assertTrue(others.err().contains("reward.folder: " + made), others.err());
  }

  @Test
  void anEnsembleIsTrainedServedAndMaximised() throws IOException {
    String members =
        TinyRun.YAML
            .replace("reward: {", "reward: {members: 3, ")
            .replace(
                "onPolicy: {",
                "onPolicy: {rewards: [{kind: model, weight: 1, combine: uncertainty, penalty: 0.5}],"
                    + " ");
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), members + TinyRun.POSTS);
    Typed typed = run(yaml, "e");
    assertEquals(0, typed.code(), typed.err());
    Path run = folder.resolve("e/tiny");
    assertEquals(
        Map.of(
            "sft",
            run.resolve("sft/model"),
            "policy",
            run.resolve("ppo/model"),
            "reward",
            run.resolve("reward/model"),
            "reward-1",
            run.resolve("reward/members/1/model"),
            "reward-2",
            run.resolve("reward/members/2/model")),
        TinyRun.models(run));
    JsonNode report = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertEquals(3, report.at("/rewardModel/ensemble/members").size());
    assertTrue(report.at("/evaluation/score/policy").isNumber(), report.toString());

    // Less wary, another reward and no other reward models.
    Typed mean =
        run(yaml, "e", "--set", "onPolicy.rewards=[{kind: model, weight: 1}]", "--replace");
    assertEquals(0, mean.code(), mean.err());
    assertTrue(stagesWith(mean, true).contains("reward"), mean.out());
    JsonNode other = Json.MAPPER.readTree(run.resolve("report.json").toFile());
    assertNotEquals(report.at("/ppo/score"), other.at("/ppo/score"));

    Typed alone = run(yaml, "f", "--set", "reward.members=1");
    assertEquals(2, alone.code(), alone.err());
    assertTrue(alone.err().contains("reward.members: 1 (expected: > 1"), alone.err());
  }

  @Test
  void aServerElsewhereGivesTheSameFigures() throws IOException {
    Path yaml = Files.writeString(folder.resolve("tiny.yaml"), TinyRun.YAML + TinyRun.POSTS);
    assertEquals(0, run(yaml, "here").code());
    Path here = folder.resolve("here/tiny");
    ServerConfig tcp = ServerConfig.inProcess(Map.of()).listen(ServerConfig.LOOPBACK, 0);
    try (RlaifServer server = RlaifServer.start(tcp)) {
      String address = "127.0.0.1:" + server.port();
      Typed elsewhere = run(yaml, "there", "--set", "server=" + address);
      assertEquals(0, elsewhere.code(), elsewhere.err());
      assertEquals(List.of(), server.models(), "nothing is left behind");
    }
    assertEquals(TinyRun.timeless(here), TinyRun.timeless(folder.resolve("there/tiny")));

    Typed nobody = run(yaml, "nowhere", "--set", "server=127.0.0.1:1");
    assertEquals(2, nobody.code(), nobody.err());
    assertTrue(
        nobody.err().startsWith("rlaif: server: unloading tiny-sft at 127.0.0.1:1: "),
        nobody.err());
    assertEquals(1, nobody.err().lines().count(), nobody.err());

    // What the run has trained is served and asked.
    Map<String, Path> models = TinyRun.models(folder.resolve("here/tiny"));
    assertEquals(Set.of("sft", "reward", "policy"), models.keySet());
    try (RlaifServer server =
        RlaifServer.start(ServerConfig.inProcess(models).listen(ServerConfig.LOOPBACK, 0))) {
      String address = "127.0.0.1:" + server.port();
      Typed text =
          Typed.rlaif(
              "generate", here.toString(), "My sister", "--max-tokens", "5", "--address", address);
      assertEquals(0, text.code(), text.err());
      Typed score =
          Typed.rlaif(
              "score", here.toString(), "--prompt", "a", "--completion", "b", "--address", address);
      assertEquals(0, score.code(), score.err());
      assertTrue(Double.isFinite(Double.parseDouble(score.out().strip())), score.out());
    }
  }

  private Typed run(Path yaml, String runs, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("run", yaml.toString(), "--runs", folder.resolve(runs).toString()));
    arguments.addAll(List.of(more));
    return Typed.rlaif(arguments.toArray(String[]::new));
  }

  private static void hasTheKeysOfAReport(JsonNode report) {
    for (String key :
        List.of(
            "/rewardModel/accuracy",
            "/winRate/policyVsSft/value",
            "/winRate/policyVsSft/low",
            "/winRate/policyVsSft/high",
            "/winRate/policyVsSft/lengthControlled",
            "/winRate/policyVsSft/ties",
            "/winRate/policyVsSft/n",
            "/winRate/policyVsReference/value",
            "/winRate/policyVsReference/low",
            "/winRate/policyVsReference/high",
            "/winRate/policyVsReference/lengthControlled",
            "/winRate/policyVsReference/ties",
            "/winRate/policyVsReference/n",
            "/parity/maxAbsLogprobDifference",
            "/kl",
            "/firstMinibatch/kl",
            "/firstMinibatch/ratioMin",
            "/firstMinibatch/ratioMax",
            "/positionBias/before",
            "/positionBias/after",
            "/seconds/data",
            "/seconds/tokenizer",
            "/seconds/sft",
            "/seconds/candidates",
            "/seconds/label",
            "/seconds/reward",
            "/seconds/ppo",
            "/seconds/evaluate",
            "/seconds/total",
            "/run/seed",
            "/machine/cores")) {
      assertTrue(report.at(key).isNumber(), key + " in " + report);
    }
    assertEquals(8, report.at("/winRate/policyVsSft/n").asInt());
    assertTrue(report.at("/parity/maxAbsLogprobDifference").asDouble() <= 1e-4);
    assertEquals(1, report.at("/firstMinibatch/ratioMax").asDouble(), 1e-4);
    assertEquals(0, report.at("/firstMinibatch/kl").asDouble(), 1e-4);
  }

  private static void picturesAreWhole(Path run) throws IOException {
    List<String> names =
        List.of(
            "accuracy",
            "learning",
            "margins",
            "position-bias",
            "reward",
            "score-kl",
            "sft",
            "updates",
            "seconds",
            "win-rates");
    for (String name : names) {
      var image = ImageIO.read(run.resolve("pictures/" + name + ".png").toFile());
      assertEquals(2 * 860, image.getWidth(), name);
      assertTrue(image.getHeight() >= 2 * 100, name);
    }
  }

  private static void pageIsSelfContained(Path run) throws IOException {
    String page = Files.readString(run.resolve("report.html"));
    // Ten pictures in two sizes and two themes.
    assertEquals(40, Pattern.compile("data:image/png;base64,").matcher(page).results().count());
    assertTrue(page.contains("rubric judge"), "says who labelled");
    assertTrue(page.contains("<pre>./rlaif "), "says what was typed");
    assertTrue(page.contains("minibatch: 2"), "says how all was set");
    assertTrue(
        Pattern.compile("Written on \\d+ \\w+ \\d{4}, \\d\\d:\\d\\d UTC by rlaif ")
            .matcher(page)
            .find());
    assertEquals(8, Pattern.compile("class=\"example panel\"").matcher(page).results().count());
    assertFalse(Pattern.compile("<script|https?://|<link|\\{\\{").matcher(page).find());
  }

  /** Stages whose line says that they had finished before, or those whose line does not. */
  private static List<String> stagesWith(Typed typed, boolean before) {
    return typed
        .out()
        .lines()
        .filter(line -> line.matches("[a-z]+ +[0-9.]+ s  .*"))
        .filter(line -> line.endsWith("[finished before]") == before)
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }
}
