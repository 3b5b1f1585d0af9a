package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.JudgeConfig;
import org.rlaif.judge.RubricJudge;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Json;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.ScoreScale;
import org.rlaif.model.Weights;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.training.config.RunConfig;
import picocli.CommandLine;

class RlaifTest {
  @TempDir Path folder;

  @Test
  void withoutACommandThereIsHelp() {
    Typed typed = Typed.rlaif();
    assertEquals(0, typed.code());
    assertTrue(typed.out().startsWith("Usage: rlaif"), typed.out());
    assertTrue(typed.out().contains("quickstart"), typed.out());
  }

  @Test
  void tellsItsVersion() {
    Typed typed = Typed.rlaif("--version");
    assertEquals(0, typed.code());
    assertTrue(typed.out().startsWith("rlaif "), typed.out());
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    int commands = 0;
    for (CommandLine command : Rlaif.commandLine().getSubcommands().values()) {
      String name = command.getCommandName();
      Typed typed = Typed.rlaif(name, "--help");
      assertEquals(0, typed.code(), name);
      assertTrue(typed.out().contains("Example: rlaif " + name), typed.out());
      commands++;
    }
    assertEquals(
        List.of("quickstart", "run", "data", "tokenizer", "sft", "candidates", "label", "reward")
                .size()
            + List.of("ppo", "reinforce", "rloo", "grpo", "dr_grpo", "gspo", "cispo").size()
            + List.of("dapo", "online_dpo", "rrhf", "rejection", "dpo", "kto", "ilql").size()
            + List.of("evaluate", "report", "verify", "compare", "reproduce").size()
            + List.of("serve", "generate", "score", "health", "bench", "runs").size()
            + List.of("export", "judge").size(),
        commands);
  }

  @Test
  void aUsersMistakeIsOneLineAndCode2() throws IOException {
    String missing = folder.resolve("missing.yaml").toString();
    mistake("rlaif: " + missing + ": no such file", "run", missing);
    String file = yaml("name: x\n");
    mistake(
        "rlaif: Unmatched argument at index 0: 'frobnicate' (help: rlaif --help)", "frobnicate");
    mistake("rlaif: Missing required parameter: 'FILE.yaml' (help: rlaif run --help)", "run");
    mistake(
        "rlaif: --set: ppo.clipLow: -1.0 (expected: > 0)", "run", file, "--set", "ppo.clipLow=-1");
    mistake("rlaif: --device: gpu (expected: cpu or cuda:N)", "run", file, "--device", "gpu");
    mistake(
        "rlaif: --set: ppo (expected: key=value, for example sft.steps=10)",
        "run",
        file,
        "--set",
        "ppo");
    mistake(
        "rlaif: --set: evaluation.judge: gold (expected: configured, since data.source is files;"
            + " the gold judge knows the generated posts only)",
        "run",
        file,
        "--set",
        "data.source=files",
        "--set",
        "data.files=[a]");
    mistake(
        "rlaif: run: nowhere (expected: a run's folder, or its name in "
            + folder.resolve("runs")
            + ", which does not exist)",
        "report",
        "nowhere",
        "--runs",
        folder.resolve("runs").toString());
  }

  @Test
  void namesAnUnknownKeyAndTheKnownOnes() throws IOException {
    String file = yaml("ppo: {lerningRate: 1}\n");
    Typed typed = Typed.rlaif("run", file);
    assertEquals(2, typed.code());
    assertTrue(
        typed.err().startsWith("rlaif: " + file + ": ppo.lerningRate: unknown key"), typed.err());
    assertTrue(typed.err().contains("valueLearningRate"), typed.err());
    assertEquals(1, typed.err().lines().count());
  }

  @Test
  void missingDataIsNoticedBeforeAnythingStarts() throws IOException {
    String file =
        yaml("evaluation: {judge: configured}\ndata: {source: files, files: [none.gz]}\n");
    mistake("rlaif: none.gz: no such file", "run", file, "--runs", folder.toString());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void anAbsentGpuIsOneLine() throws IOException {
    String file = yaml("name: x\n");
    Typed typed = Typed.rlaif("run", file, "--device", "cuda:77", "--runs", folder.toString());
    assertEquals(2, typed.code());
    assertTrue(typed.err().startsWith("rlaif: device: cuda:77 (expected: cpu, or "), typed.err());
    assertEquals(1, typed.err().lines().count());
    assertFalse(Files.exists(folder.resolve("x")));
  }

  @Test
  void everyStagesSettingsAreCheckedBeforeTheFirstBegins() throws IOException {
    String runs = folder.resolve("runs").toString();
    Path model = model(folder.resolve("model"));
    for (List<String> settings :
        List.of(
            List.of("judge: endpoint.url: null (", "judge.kind=endpoint"),
            List.of(
                "judge: endpoint.keyVariable: RLAIF_NOT_THERE",
                "judge.kind=endpoint",
                "judge.endpoint.url=http://127.0.0.1:1/v1",
                "judge.endpoint.model=m",
                "judge.endpoint.keyVariable=RLAIF_NOT_THERE"),
            List.of(
                "judge.template: " + folder + "/none.mustache (expected: a file that exists)",
                "judge.kind=model",
                "judge.model=sft",
                "judge.template=" + folder + "/none.mustache"),
            List.of("judge: model: null (", "judge.kind=model"),
            List.of(
                "judge: model: ./none (expected: a folder that exists",
                "judge.kind=model",
                "judge.model=./none"),
            List.of("device: cuda:0 (", "device=cuda:0"),
            List.of("labels.heldOut: 0.0 (", "labels.heldOut=0"),
            List.of("onPolicy.maxTokens: 200 (expected: < 128", "onPolicy.maxTokens=200"),
            List.of("evaluation.maxTokens: 128 (", "evaluation.maxTokens=128"),
            List.of("candidates.maxTokens: 128 (", "candidates.maxTokens=128"),
            List.of("model: runs/x/sft/model (", "model.folder=runs/x/sft/model"),
            List.of(
                "data.chat: true, and no chat template in " + model,
                "data.chat=true",
                "model.folder=" + model),
            List.of(
                "adapter target: none (",
                "model.folder=" + model,
                "model.adapter={rank: 2, alpha: 1, rankStabilised: false, targets: [none]}"),
            List.of("reward.folder: " + model + " (", "reward.folder=" + model),
            List.of("reward.folder: ./none (expected: a folder that", "reward.folder=./none"),
            List.of(
                "onPolicy.batch: 63 (expected: a multiple of grpo.samples (8))",
                "algorithm=grpo",
                "onPolicy.batch=63"),
            List.of(
                "onPolicy.overlap: true (expected: false: rrhf has no ratios that would correct what"
                    + " older weights have written)",
                "algorithm=rrhf",
                "onPolicy.overlap=true"),
            List.of(
                "--set: onPolicy.keepBest: kl (expected: one of score, rlhf_reward, rewards/model;"
                    + " or empty, to keep the last weights)",
                "onPolicy.keepBest=kl"),
            List.of(
                "onPolicy.rewards: class org.example.None: not found (expected: a class on",
                "onPolicy.rewards=[{kind: class, type: org.example.None, weight: 1}]"),
            List.of("--set: serverTls: ", "server=x", "serverTls.ca=none.pem"))) {
      for (String dry : List.of("--runs", "--dry-run")) {
        List<String> typed = new ArrayList<>(List.of("run", yaml("name: x\n"), "--runs", runs));
        if (dry.equals("--dry-run")) {
          typed.add(dry);
        }
        settings.stream().skip(1).forEach(each -> typed.addAll(List.of("--set", each)));
        Typed refused = Typed.rlaif(typed.toArray(String[]::new));
        assertEquals(2, refused.code(), refused.err());
        assertTrue(
            refused.err().startsWith("rlaif: " + settings.get(0)), settings + "\n" + refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
        assertFalse(Files.exists(folder.resolve("runs/x/config.yaml")));
      }
    }
  }

  @Test
  void aPlanLeavesOutWhatTheRunLeavesOut() throws IOException {
    Path data =
        Files.write(
            folder.resolve("people.jsonl"),
            IntStream.range(0, 40)
                .mapToObj(
                    i ->
                        "{\"prompt\": \"p%d\", \"chosen\": \"a\", \"rejected\": \"b\"}"
                            .formatted(i))
                .toList());
    String file =
        yaml(
            "evaluation: {judge: configured}\njudge: {rubric: general}\n"
                + "data: {source: files, files: ['%s']}\n".formatted(data));
    Typed typed = Typed.rlaif("run", file, "--dry-run", "--runs", folder.toString());
    assertEquals(0, typed.code(), typed.err());
    assertTrue(
        typed
            .out()
            .lines()
            .anyMatch(
                line -> line.matches("candidates +run +none: people have said what is better *")),
        typed.out());
  }

  @Test
  void aStageNeedsThoseBeforeIt() throws IOException {
    mistake(
        "rlaif: sft: the stage before it, data: not finished with these settings (expected: run"
            + " rlaif data first, or rlaif run for all of them)",
        "sft",
        yaml("name: x\n"),
        "--runs",
        folder.toString());
  }

  @Test
  void aDryRunSaysWhatItWouldDoAndDoesNothing() throws IOException {
    String file = yaml("name: dry\nmodel: {width: 96, layers: 4, heads: 4, contextLength: 128}\n");
    Typed typed =
        Typed.rlaif(
            "run",
            file,
            "--dry-run",
            "--runs",
            folder.toString(),
            "--set",
            "tokenizer.vocabularySize=768",
            "--set",
            "onPolicy.updates=25",
            "--set",
            "onPolicy.batch=64");
    assertEquals(0, typed.code(), typed.err());
    // 768 x 96 + 128 x 96 + 4 (12 x 96^2 + 13 x 96) + 2 x 96
    assertTrue(typed.out().contains("Policy: 533,568 parameters"), typed.out());
    assertTrue(typed.out().lines().anyMatch(line -> line.matches("sft +run .* MB")), typed.out());
    assertTrue(
        typed.out().lines().anyMatch(line -> line.matches("ppo +run +25 updates of 64 +1,600 .*")),
        typed.out());
    assertFalse(Files.exists(folder.resolve("dry")));
  }

  @Test
  void aReportHasWhatThereIsSoFar() throws IOException {
    String runs = folder.resolve("runs").toString();
    String file = yaml("name: early\ndata: {posts: {train: 20, validation: 3, test: 3}}\n");
    Typed data = Typed.rlaif("data", file, "--runs", runs);
    assertEquals(0, data.code(), data.err());
    assertTrue(data.out().contains("train 20, validation 3, test 3"), data.out());
    Typed report = Typed.rlaif("report", "early", "--runs", runs);
    assertEquals(0, report.code(), report.err());
    Path run = folder.resolve("runs/early");
    assertTrue(Files.readString(run.resolve("report.html")).contains("<h1>early</h1>"));
    assertEquals(
        20, Json.MAPPER.readTree(run.resolve("report.json").toFile()).at("/data/train").asInt());
    assertFalse(Files.exists(run.resolve("models.json")), "no model is there to be served");
  }

  @Test
  void theQuickstartsRecipeIsTheQuickstart() throws IOException {
    Path shipped = Path.of("..", "recipes", "quickstart.yaml");
    assertEquals(
        RunConfig.load(shipped, List.of()), RunConfig.load(null, QuickstartCommand.SETTINGS));
    assertEquals(0.4, faults(RunConfig.load(shipped, List.of())).positionBias());
  }

  /** A run of one's own asks a judge without faults, by a rubric for any text. */
  @Test
  void noOtherRecipeHasAJudgeWithFaults() throws IOException {
    List<RunConfig> configs = new ArrayList<>(List.of(RunConfig.load(null, List.of())));
    for (String name : List.of("hh", "chats", "helpsteer", "instructions")) {
      configs.add(RunConfig.load(Path.of("..", "recipes", name + ".yaml"), List.of()));
    }
    for (RunConfig config : configs) {
      assertEquals(0, faults(config).noise(), config.name());
      assertEquals(0, faults(config).positionBias(), config.name());
      assertEquals("general", config.judge().rubric(), config.name());
    }
    JudgeConfig alone = JudgeConfig.load(null, List.of());
    assertEquals(alone, configs.get(0).judge(), "the judge's own defaults");
  }

  private static RubricJudge.Config faults(RunConfig config) {
    return (RubricJudge.Config) config.judge().kinds().get("rubric");
  }

  @Test
  void sftIsASectionOrAWord() throws IOException {
    Path file = folder.resolve("config.yaml");
    RunConfig skipped = RunConfig.load(null, List.of("sft=skip", "model.folder=some"));
    assertNull(skipped.sft());
    ConfigFiles.write(file, skipped);
    assertTrue(Files.readString(file).contains("sft: skip\n"), Files.readString(file));
    assertEquals(skipped, RunConfig.load(file, List.of()));
    RunConfig whole = RunConfig.load(null, List.of("sft.steps=3"));
    ConfigFiles.write(file, whole);
    assertEquals(whole, RunConfig.load(file, List.of()));

    String yaml = yaml("sft: none\n");
    mistake(
        "rlaif: " + yaml + ": sft: none (expected: skip, or a section of keys and values)",
        "run",
        yaml);
    yaml = yaml("sft: skip\n");
    mistake(
        "rlaif: "
            + yaml
            + ": sft: skip (expected: steps, since model.folder is empty: there is no policy to"
            + " start from)",
        "run",
        yaml);
    yaml = yaml("sft:\n");
    mistake(
        "rlaif: " + yaml + ": sft: nothing (expected: a section of keys and values)", "run", yaml);
  }

  @Test
  void quotesTextForTheShell() {
    assertEquals("runs/quickstart", Summary.quoted("runs/quickstart"));
    assertEquals("$'It\\'s 5 \\\\ 6.\\nTL;DR:'", Summary.quoted("It's 5 \\ 6.\nTL;DR:"));
  }

  /** A policy that knows nothing, without a chat template. */
  private static Path model(Path folder) throws IOException {
    Path tokenizer = folder.resolveSibling("tokenizer.json");
    BpeTrainer.train(List.of("a b"), 259, tokenizer);
    DecoderConfig config = DecoderConfig.gpt2(259, 64, 16, 1, 2, 64);
    ModelFolder.save(
        folder, config, ScoreScale.IDENTITY, tokenizer, Weights.allocate(config.parameters()));
    return folder;
  }

  private static void mistake(String line, String... arguments) {
    Typed typed = Typed.rlaif(arguments);
    assertEquals(2, typed.code(), String.join(" ", arguments));
    assertEquals(line, typed.err().strip());
  }

  private String yaml(String text) throws IOException {
    return Files.writeString(folder.resolve("a.yaml"), text).toString();
  }
}
