package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.training.config.RunConfig;

/** What the README tells people to type, at tiny size. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

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
          "evaluation.prompts=8",
          "evaluation.maxTokens=12");

  @TempDir Path folder;

  @Test
  void itsCommandsRunInTheirOrder() throws Exception {
    List<List<String>> commands = commands();
    Set<String> names = commands.stream().map(words -> words.get(0)).collect(Collectors.toSet());
    assertEquals(Set.of("quickstart", "run", "serve", "generate", "score", "export"), names);
    TypedServer server = null;
    try {
      for (List<String> words : commands) {
        List<String> typed = new ArrayList<>();
        words.forEach(word -> typed.add(word.replaceFirst("(^|=)runs/", "$1" + folder + "/runs/")));
        switch (words.get(0)) {
          case "quickstart" -> {
            typed.addAll(List.of("--runs", folder + "/runs"));
            TINY.stream()
                .filter(setting -> !setting.startsWith("model=") || !words.contains("--model"))
                .filter(setting -> !setting.startsWith("sft.") || !words.contains("sft=skip"))
                .forEach(setting -> typed.addAll(List.of("--set", setting)));
          }
          case "export" -> {}
          case "run" -> typed.set(1, ROOT.resolve(typed.get(1)).toString());
          case "serve" -> {
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
          for (String stage : List.of("sft", "reward", "ppo")) {
            Path model = folder.resolve("runs/adapted/" + stage + "/model");
            assertTrue(Files.exists(model.resolve("adapter_model.safetensors")), stage);
            assertFalse(Files.exists(model.resolve("model.safetensors")), stage);
          }
        }
      }
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  @Test
  void itNamesOnlyCommandsThatExist() throws IOException {
    Set<String> known = Rlaif.commandLine().getSubcommands().keySet();
    Matcher named = Pattern.compile("`\\./rlaif ([a-z]+)").matcher(readme());
    int count = 0;
    while (named.find()) {
      assertTrue(known.contains(named.group(1)), named.group());
      count++;
    }
    assertTrue(count >= 8, "only " + count + " commands found");
  }

  @Test
  void itsYamlIsAConfiguration() throws IOException {
    Matcher block = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(readme());
    int count = 0;
    while (block.find()) {
      RunConfig.load(Files.writeString(folder.resolve("a.yaml"), block.group(1)), List.of());
      count++;
    }
    assertEquals(1, count);
  }

  @Test
  void itsTestCommandIsTheOneThatChecksChanges() throws IOException {
    assertTrue(readme().contains("\nmvn verify\n"));
    String check = Files.readString(ROOT.resolve(".ci/run"));
    assertTrue(Pattern.compile("(?m)^ *mvn .*\\bverify\\b").matcher(check).find(), check);
  }

  @Test
  void theRecipesAreConfigurations() throws IOException {
    try (var files = Files.list(ROOT.resolve("recipes"))) {
      List<Path> recipes = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertTrue(recipes.size() >= 2, recipes.toString());
      for (Path recipe : recipes) {
        RunConfig.load(recipe, List.of());
      }
    }
  }

  private static String readme() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** The words behind {@code ./rlaif} of every line in a console block that begins with it. */
  private static List<List<String>> commands() throws IOException {
    List<List<String>> commands = new ArrayList<>();
    Matcher block = Pattern.compile("(?s)```console\n(.*?)```").matcher(readme());
    while (block.find()) {
      block
          .group(1)
          .lines()
          .filter(line -> line.startsWith("./rlaif "))
          .forEach(line -> commands.add(words(line.substring("./rlaif ".length()))));
    }
    return commands;
  }

  /** Splits as bash does, for the quotes that the README uses: '…' and $'…' with \n and \'. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\\$'((?:[^'\\\\]|\\\\.)*)'|'([^']*)'|(\\S+)").matcher(line);
    while (word.find()) {
      if (word.group(1) != null) {
        words.add(word.group(1).replace("\\n", "\n").replace("\\'", "'"));
      } else {
        words.add(word.group(2) != null ? word.group(2) : word.group(3));
      }
    }
    return words;
  }
}
