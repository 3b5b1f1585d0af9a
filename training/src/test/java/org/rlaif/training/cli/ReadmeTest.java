package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.training.config.RunConfig;

/** What the README and the pages of the rooms tell people to type, at tiny size. */
class ReadmeTest {
  /** Added to the quickstart, so that it takes seconds. */
  static final List<String> TINY =
      List.of(
          "threads=1",
          "data.posts={train: 60, validation: 6, test: 12}",
          "tokenizer.vocabularySize=300",
          "model={folder: '', width: 16, layers: 1, heads: 2, contextLength: 224, initStd: 0.06,"
              + " adapter: {rank: 0, alpha: 16, rankStabilised: false, targets: [all-linear]}}",
          "sft.steps=4",
          "sft.batch=4",
          "candidates.prompts=16",
          "candidates.maxTokens=12",
          "reward.batch=4",
          "onPolicy.updates=2",
          "onPolicy.batch=4",
          "onPolicy.minibatch=2",
          "onPolicy.maxTokens=12",
          "rloo.samples=2",
          "grpo.samples=2",
          "gspo.samples=2",
          "cispo.samples=2",
          "dapo.samples=2",
          "rrhf.samples=2",
          "rejection.samples=2",
          "dpo.batch=4",
          "evaluation.prompts=8",
          "evaluation.maxTokens=12");

  private static final List<String> FEW_WALKS =
      List.of(
          "--seeds=1",
          "--set=threads=1",
          "--set=sft.steps=4",
          "--set=ilql.epochs=1",
          "--set=onPolicy.updates=1");

  /** Files and folders that the commands write beside the runs. */
  private static final Set<String> WRITTEN =
      Set.of(
          "preferences.jsonl",
          "preferences.parquet",
          "own.jsonl",
          "revised",
          "harmless.jsonl",
          "policy",
          "trust");

  @TempDir Path folder;
  private TypedEndpoint endpoint;

  @BeforeEach
  void start() throws IOException {
    endpoint = TypedEndpoint.start();
  }

  @AfterEach
  void stop() {
    endpoint.close();
  }

  @Test
  void theirCommandsRunInTheirOrder() throws Exception {
    List<List<String>> commands = new ArrayList<>();
    for (Path page : Pages.ALL) {
      commands.addAll(Pages.commands(page));
    }
    assertEquals(
        Set.of(
            "quickstart",
            "data",
            "run",
            "runs",
            "verify",
            "reproduce",
            "serve",
            "generate",
            "score",
            "health",
            "export",
            "judge"),
        commands.stream().map(words -> words.get(0)).collect(Collectors.toSet()));
    TypedServer server = null;
    TypedServer runs = null;
    try {
      for (List<String> words : commands) {
        List<String> typed = new ArrayList<>();
        words.forEach(word -> typed.add(here(word)));
        switch (words.get(0)) {
          case "quickstart" -> typed.addAll(tiny(words));
          case "data", "run", "verify", "export", "judge" -> {}
          case "reproduce" -> {
            typed.addAll(FEW_WALKS);
            typed.addAll(List.of("--runs", folder + "/reproduced"));
          }
          case "runs" -> {
            if (words.get(1).equals("serve")) {
              typed.addAll(List.of("--runs", folder + "/runs"));
              runs = TypedServer.start(typed.toArray(String[]::new));
              continue;
            }
            assertTrue(runs != null, words + " before a server is started");
            typed.addAll(onServer(words));
            typed.addAll(List.of("--address", runs.address()));
          }
          case "serve" -> {
            if (server != null) {
              server.close();
            }
            typed.addAll(List.of("--threads", "1"));
            server = TypedServer.start(typed.toArray(String[]::new));
            continue;
          }
          default -> {
            assertTrue(server != null, words + " before a server is started");
            typed.addAll(List.of("--address", server.address()));
          }
        }
        Typed result = Typed.rlaif(typed.toArray(String[]::new));
        assertEquals(0, result.code(), words + ": " + result.err());
        assertFalse(result.out().isBlank(), words.toString());
        if (words.contains("adapted")) {
          onlyAdaptersIn(folder.resolve("runs/adapted"));
        }
      }
    } finally {
      for (TypedServer each : Stream.of(server, runs).filter(Objects::nonNull).toList()) {
        each.close();
      }
    }
  }

  private static List<String> onServer(List<String> words) {
    return words.get(1).equals("submit")
        ? TINY.stream().flatMap(setting -> Stream.of("--set", setting)).toList()
        : List.of();
  }

  /** A word as it is typed in this test's folder. */
  private String here(String word) {
    if (word.startsWith("recipes/")) {
      return Pages.ROOT.resolve(word).toString();
    }
    if (word.equals("http://localhost:8000/v1")) {
      return endpoint.url();
    }
    return WRITTEN.contains(word.replaceFirst("/.*", ""))
        ? folder.resolve(word).toString()
        : word.replaceFirst("(^|=)runs/", "$1" + folder + "/runs/");
  }

  private List<String> tiny(List<String> words) {
    List<String> more = new ArrayList<>(List.of("--runs", folder + "/runs"));
    TINY.stream()
        .filter(setting -> !setting.startsWith("model=") || !words.contains("--model"))
        .filter(setting -> !setting.startsWith("sft.") || !words.contains("sft=skip"))
        .forEach(setting -> more.addAll(List.of("--set", setting)));
    return more;
  }

  private static void onlyAdaptersIn(Path run) {
    for (String stage : List.of("sft", "reward", "ppo")) {
      Path model = run.resolve(stage + "/model");
      assertTrue(Files.exists(model.resolve("adapter_model.safetensors")), stage);
      assertFalse(Files.exists(model.resolve("model.safetensors")), stage);
    }
  }

  @Test
  void theyNameOnlyCommandsThatExist() throws IOException {
    Set<String> known = Rlaif.commandLine().getSubcommands().keySet();
    Set<String> named = new HashSet<>();
    for (Path page : Pages.ALL) {
      Matcher name = Pattern.compile("`(?:\\./)?rlaif ([a-z]+)").matcher(Pages.text(page));
      while (name.find()) {
        assertTrue(known.contains(name.group(1)), page + ": " + name.group());
        named.add(name.group(1));
      }
    }
    assertTrue(named.size() >= 12, named.toString());
  }

  /** Measurements take minutes; that they can be typed is seen at once. */
  @Test
  void whatTheyMeasureByCanBeTyped() throws IOException {
    int count = 0;
    for (Path page : Pages.ALL) {
      Matcher typed = Pattern.compile("rlaif (bench --[^`\n]+)").matcher(Pages.text(page));
      while (typed.find()) {
        Rlaif.commandLine().parseArgs(Pages.words(typed.group(1)).toArray(String[]::new));
        count++;
      }
    }
    assertTrue(count >= 8, "only " + count + " found");
  }

  @Test
  void theirYamlIsAConfiguration() throws IOException {
    int count = 0;
    for (Path page : Pages.ALL) {
      for (String block : Pages.blocks(page, "yaml")) {
        RunConfig.load(Files.writeString(folder.resolve("a.yaml"), block), List.of());
        count++;
      }
    }
    assertEquals(7, count);
  }

  @Test
  void theirLinksLeadSomewhere() throws IOException {
    int count = 0;
    for (Path page : Pages.ALL) {
      String text = Pages.withoutBlocks(page).collect(Collectors.joining("\n"));
      Matcher link = Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)").matcher(text);
      while (link.find()) {
        Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1));
        assertTrue(Files.exists(target), page + ": " + link.group());
        if (link.group(2) != null) {
          List<String> anchors = Pages.anchors(target.normalize());
          assertTrue(anchors.contains(link.group(2)), page + ": " + link.group() + anchors);
        }
        count++;
      }
    }
    assertTrue(count >= 30, "only " + count + " found");
  }

  /** Where to start reading, and what something new touches. */
  @Test
  void theirTablesNameFilesThatExist() throws IOException {
    Set<String> files = new HashSet<>();
    try (var all = Files.walk(Pages.ROOT)) {
      all.map(file -> Pages.ROOT.relativize(file).toString())
          .filter(file -> file.contains("src/main/"))
          .forEach(files::add);
    }
    String rooms =
        Pages.section(Pages.README, "## The rooms")
            + Pages.section(Pages.SERVING, "## Where what is");
    String kinds = Pages.section(Pages.TRAINING, "## An algorithm is a page");
    Pattern file = Pattern.compile("`((?:[a-z_0-9]+/)*[A-Za-z_.-]+)`");
    List<String> named =
        Stream.concat(
                rooms
                    .lines()
                    .filter(line -> line.startsWith("|"))
                    .map(line -> line.replaceFirst("^.*\\|(.*)\\|$", "$1")),
                kinds.lines().filter(line -> line.startsWith("|")))
            .flatMap(line -> file.matcher(line).results())
            .map(name -> name.group(1))
            .filter(name -> name.matches("(.*/)?[A-Z].*|.*\\.(yaml|proto)|package-info"))
            .filter(name -> !name.contains("NAME") && !name.startsWith("RLAIF_"))
            .toList();
    assertTrue(named.size() >= 40, named.toString());
    for (String name : named) {
      String path = "/" + name + (name.contains(".") ? "" : ".java");
      assertTrue(files.stream().anyMatch(each -> each.endsWith(path)), name);
    }
  }

  @Test
  void theyFitAPhone() throws IOException {
    assertTrue(Pages.text(Pages.README).lines().count() <= 130);
    for (Path page : List.of(Pages.README, Pages.TRAINING, Pages.MODELS, Pages.JUDGE)) {
      Pages.withoutBlocks(page)
          .filter(line -> line.matches("\\|[-|]+"))
          .forEach(line -> assertTrue(line.length() <= "|---|---|---|---|".length(), page + line));
      for (String language : List.of("", "console", "java", "python", "yaml")) {
        for (String block : Pages.blocks(page, language)) {
          block.lines().forEach(line -> assertTrue(line.length() <= 80, page + ": " + line));
        }
      }
    }
  }

  @Test
  void theReadmesPictureIsALightOne() throws IOException {
    Matcher picture =
        Pattern.compile("!\\[([^]]+)]\\(([^)]+\\.png)\\)").matcher(Pages.text(Pages.README));
    assertTrue(picture.find(), "a picture");
    Path file = Pages.ROOT.resolve(picture.group(2));
    assertTrue(Files.size(file) < 150_000, file.toString());
    assertNotNull(ImageIO.read(file.toFile()), file.toString());
    assertTrue(Pages.text(Pages.TRAINING).contains("pictures/" + file.getFileName() + "`"));
  }

  @Test
  void itsTestCommandIsTheOneThatChecksChanges() throws IOException {
    assertTrue(Pages.text(Pages.README).contains("\nmvn verify\n"));
    String check = Files.readString(Pages.ROOT.resolve(".ci/run"));
    assertTrue(Pattern.compile("(?m)^ *mvn .*\\bverify\\b").matcher(check).find(), check);
  }

  @Test
  void theRecipesAreConfigurations() throws IOException {
    try (var files = Files.list(Pages.ROOT.resolve("recipes"))) {
      List<Path> recipes = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertTrue(recipes.size() >= 2, recipes.toString());
      for (Path recipe : recipes) {
        RunConfig.load(recipe, List.of());
      }
    }
  }
}
