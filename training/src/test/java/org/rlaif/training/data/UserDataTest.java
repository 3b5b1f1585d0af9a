package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.config.RunConfig;

class UserDataTest {
  @TempDir Path folder;

  @Test
  void noTwoSplitsShareAPrompt() throws IOException {
    // Every prompt comes three times, with another completion each time.
    Path file = lines("a.jsonl", 300, i -> row("prompt " + i % 100, "completion " + i));
    DataSet data = UserData.read(config(file), 3);
    assertEquals(300, data.train().size() + data.validation().size() + data.test().size());
    assertEquals(30, data.test().size());
    assertEquals(15, data.validation().size());
    Set<Prompt> train = prompts(data.train());
    Set<Prompt> validation = prompts(data.validation());
    Set<Prompt> test = prompts(data.test());
    assertTrue(Collections.disjoint(train, validation));
    assertTrue(Collections.disjoint(train, test));
    assertTrue(Collections.disjoint(validation, test));
    assertFalse(data.hasPreferences());
  }

  @Test
  void theSeedDecides() throws IOException {
    Path file = lines("a.jsonl", 100, i -> row("prompt " + i, "completion " + i));
    assertEquals(UserData.read(config(file), 3), UserData.read(config(file), 3));
    assertNotEquals(UserData.read(config(file), 3), UserData.read(config(file), 4));
  }

  @Test
  void preferencesAreHeldOutWithTheirPrompts() throws IOException {
    Path file =
        lines(
            "a.jsonl",
            100,
            i -> "{\"prompt\":\"p%d\",\"chosen\":\"good\",\"rejected\":\"bad\"}".formatted(i));
    DataSet data = UserData.read(config(file), 3);
    assertTrue(data.hasPreferences());
    assertEquals(85, data.preferences().size());
    assertEquals(15, data.heldOutPreferences().size());
    Set<Prompt> trained =
        data.preferences().stream().map(Preference::prompt).collect(Collectors.toSet());
    assertEquals(prompts(data.train()), trained);
    assertEquals("good", data.test().get(0).completion());
    assertTrue(
        data.test().stream().noneMatch(example -> trained.contains(example.prompt())),
        "the reward model has seen a test prompt");
  }

  @Test
  void ratingsAreHeldOutWithTheirPrompts() throws IOException {
    Path file = // two of each prompt, as in HelpSteer
        lines(
            "a.jsonl",
            200,
            i ->
                "{\"prompt\":\"p%d\",\"response\":\"r%d\",\"helpfulness\":%d,\"verbosity\":%s}"
                    .formatted(i % 100, i, i % 5, i % 3 == 0 ? "null" : "2.5"));
    List<String> settings =
        List.of(
            "data.layout=rated",
            "data.columns.completion=response",
            "reward.loss=regression",
            "reward.attributes={helpfulness: 1, verbosity: -0.4}");
    DataSet data = UserData.read(config(settings, file), 3);
    assertTrue(data.hasPreferences(), "no judge is asked");
    assertEquals(170, data.rated().size());
    assertEquals(30, data.heldOutRated().size());
    assertEquals(170, data.train().size(), "all are learned, whatever their ratings");
    Set<Prompt> trained =
        data.rated().stream().map(RatedCompletion::prompt).collect(Collectors.toSet());
    assertEquals(prompts(data.train()), trained);
    assertTrue(
        data.heldOutRated().stream().noneMatch(each -> trained.contains(each.prompt())),
        "a prompt is on both sides");
    RatedCompletion first =
        Stream.concat(data.rated().stream(), data.heldOutRated().stream())
            .filter(each -> each.id().equals("a.jsonl:1"))
            .findFirst()
            .orElseThrow();
    assertEquals(Set.of("helpfulness"), first.ratings().keySet());
    Path out = Files.createDirectory(folder.resolve("out"));
    data.write(out);
    assertEquals(data, DataSet.read(out));
  }

  @Test
  void filesAreTakenTogetherAndRowsKeepTheirNames() throws IOException {
    Path one = lines("one/a.jsonl", 20, i -> row("p" + i, "c"));
    Path two = lines("two/a.jsonl", 20, i -> row("q" + i, "c"));
    Path three = lines("b.jsonl", 20, i -> row("r" + i, "c"));
    DataSet data = UserData.read(config(one, two, three), 3);
    Set<String> ids =
        Stream.of(data.train(), data.validation(), data.test())
            .flatMap(List::stream)
            .map(Example::id)
            .collect(Collectors.toSet());
    assertEquals(60, ids.size());
    assertTrue(ids.contains("b.jsonl:20"), "the file's name is enough");
    assertTrue(ids.contains(one + ":1"), "two files have this name");
  }

  @Test
  void aFolderOfDataIsReadBackAsItWas() throws IOException {
    Path file =
        lines(
            "a.jsonl",
            40,
            i -> "{\"prompt\":\"p%d\",\"chosen\":\"ü\\n\",\"rejected\":\"\"}".formatted(i));
    DataSet data = UserData.read(config(file), 3);
    Path out = Files.createDirectory(folder.resolve("out"));
    data.write(out);
    assertEquals(data, DataSet.read(out));
  }

  @Test
  void refusesWhatCannotBeSplit() throws IOException {
    assertEquals(
        "data.files: 2 different prompts (expected: at least 3, to train, watch and test on"
            + " different ones)",
        message(config(lines("a.jsonl", 10, i -> row("p" + i % 2, "c")))));
    assertEquals(
        "data.test: no example to test on (expected: > 0, and enough rows for the evaluation)",
        message(config(List.of("data.test=0"), lines("b.jsonl", 10, i -> row("p" + i, "c")))));
    assertEquals(
        "data.validation: no example to watch SFT with (expected: > 0, and enough rows)",
        message(
            config(List.of("data.validation=0"), lines("c.jsonl", 10, i -> row("p" + i, "c")))));
  }

  @Test
  void filesOfTheirOwnAreValidationAndTest() throws IOException {
    Path train = lines("train.jsonl", 20, i -> row("p" + i, "c"));
    // Two of these prompts are trained on in the other file, one of them is in both others.
    Path validation = lines("dev.jsonl", 5, i -> row("p" + (18 + i), "v"));
    Path test = lines("test.jsonl", 8, i -> row("p" + (19 + i), "t"));
    DataConfig own =
        config(
            List.of(
                "data.validationFiles=['" + validation + "']", "data.testFiles=['" + test + "']"),
            train);
    Path out = Files.createDirectory(folder.resolve("out"));
    DataSet.Figures figures = UserData.write(own, 3, true, out);
    // 18 and 19 are left out of train; 19 to 22 are test's, so validation keeps 18 alone.
    assertEquals(
        new DataSet.Figures(
            18,
            1,
            8,
            null,
            null,
            null,
            null,
            null,
            null,
            Map.of("completion", 33),
            Map.of("inTwoSplits", 2 + 4),
            null),
        figures);
    DataSet data = DataSet.read(out);
    assertEquals(List.of("dev.jsonl:1"), data.validation().stream().map(Example::id).toList());
    assertTrue(data.test().stream().allMatch(each -> each.completion().equals("t")));

    DataSet shared = UserData.read(config(List.of("data.testFiles=['" + test + "']"), train), 3);
    assertEquals(8, shared.test().size());
    assertEquals(1, shared.validation().size(), "a share of what is left of the file: 5 % of 20");
    assertEquals(18, shared.train().size());
    assertNotEquals(UserData.contentHashes(own), UserData.contentHashes(config(train)));
  }

  @Test
  void promptsAloneWillDoWhereNothingIsLearnedFromCompletions() throws IOException {
    Path file =
        lines(
            "a.jsonl",
            20,
            i -> i == 7 ? row("p7", "known") : "{\"prompt\":\"p%d\",\"n\":1}".formatted(i));
    Path out = Files.createDirectory(folder.resolve("out"));
    UserData.write(config(file), 3, /* learned= */ false, out);
    DataSet data = DataSet.read(out);
    assertEquals(17, data.train().size());
    assertEquals(2, data.test().size());
    assertEquals(
        1,
        Stream.of(data.train(), data.validation(), data.test())
            .flatMap(List::stream)
            .filter(Example::hasCompletion)
            .count());
    assertTrue(message(config(file)).startsWith(file + ", row 1, columns: prompt, n (expected: "));
    Path neither = lines("b.jsonl", 20, i -> "{\"question\":\"p%d\"}".formatted(i));
    assertThrows(UserError.class, () -> UserData.write(config(neither), 3, false, out));
  }

  @Test
  void rowsOfOneFileMayDifferUnlessALayoutIsSet() throws IOException {
    Path file =
        lines(
            "a.jsonl",
            30,
            i ->
                i % 2 == 0
                    ? row("p" + i, "c")
                    : "{\"prompt\":\"p%d\",\"chosen\":\"c\",\"rejected\":\"d\"}".formatted(i));
    DataSet data = UserData.read(config(file), 3);
    assertEquals(30, data.train().size() + data.validation().size() + data.test().size());
    assertEquals(15, data.preferences().size() + data.heldOutPreferences().size());
    assertEquals(
        file
            + ", row 1, columns: prompt, completion (expected: a preference in chosen and rejected"
            + " with its prompt in prompt, since data.layout is preference; data.columns says what"
            + " yours are called)",
        message(config(List.of("data.layout=preference"), file)));
    assertTrue(
        message(config(List.of("data.layout=completion"), file)).startsWith(file + ", row 2, "));
  }

  @Test
  void duplicatesAreDroppedAndCounted() throws IOException {
    // Ten prompts, each with two completions that come three times.
    Path file = lines("a.jsonl", 60, i -> row("p" + i % 10, "c" + i % 20));
    Path again = lines("b.jsonl", 5, i -> row("p" + i, "c" + i));
    Path out = Files.createDirectory(folder.resolve("out"));
    DataConfig drop = config(List.of("data.duplicates=drop"), file, again);
    DataSet.Figures figures = UserData.write(drop, 3, true, out);
    assertEquals(Map.of("duplicates", 45), figures.leftOut());
    assertEquals(Map.of("completion", 65), figures.layouts());
    assertEquals(20, figures.train() + figures.validation() + figures.test());
    assertTrue(
        DataSet.read(out).train().stream().allMatch(each -> each.id().startsWith("a.jsonl:")),
        "the first one stays");
    assertNull(UserData.write(config(file, again), 3, true, out).leftOut());
  }

  /** Who disagrees says something of his own. */
  @Test
  void otherLabelsAreNoDuplicates() throws IOException {
    Path file =
        lines(
            "a.jsonl",
            40,
            i ->
                "{\"prompt\":\"p%d\",\"completion\":\"c\",\"label\":%s}"
                    .formatted(i % 10, i < 10 || (i >= 20 && i < 30)));
    Path out = Files.createDirectory(folder.resolve("out"));
    List<String> kto =
        List.of("data.duplicates=drop", "data.layout=unpaired", "algorithm=kto", "data.test=0.2");
    assertEquals(
        Map.of("duplicates", 20), UserData.write(config(kto, file), 3, true, out).leftOut());
  }

  @Test
  void rowsThatDoNotMeetTheConditionAreCounted() throws IOException {
    Path file = lines("a.jsonl", 60, i -> row("p" + i, "c" + i % 3));
    Path out = Files.createDirectory(folder.resolve("out"));
    DataConfig where = config(List.of("data.where=\"completion <> 'c0'\""), file);
    assertEquals(Map.of("where", 20), UserData.write(where, 3, true, out).leftOut());
    assertEquals(
        "data.files: 0 different prompts, 60 left out (where) (expected: at least 3, to train, watch"
            + " and test on different ones)",
        message(config(List.of("data.where='false'"), file)));
  }

  @Test
  void changedContentIsNoticed() throws IOException {
    Path file = lines("a.jsonl", 10, i -> row("p" + i, "c"));
    List<String> before = UserData.contentHashes(config(file));
    lines("a.jsonl", 10, i -> row("p" + i, "d"));
    assertNotEquals(before, UserData.contentHashes(config(file)));
  }

  @Test
  void trainingTextsAreOfTrainingOnly() throws IOException {
    Path file = lines("a.jsonl", 50, i -> row("prompt " + i, "completion " + i));
    DataSet data = UserData.read(config(file), 3);
    Set<String> texts = new HashSet<>();
    data.trainingTexts().forEach(texts::add);
    assertEquals(2 * data.train().size(), texts.size());
    assertFalse(texts.contains(data.test().get(0).prompt().transcript()));
  }

  private static String message(DataConfig config) {
    return String.valueOf(
        assertThrows(UserError.class, () -> UserData.read(config, 3)).getMessage());
  }

  private static Set<Prompt> prompts(List<Example> examples) {
    return examples.stream().map(Example::prompt).collect(Collectors.toSet());
  }

  private static String row(String prompt, String completion) {
    return "{\"prompt\":\"%s\",\"completion\":\"%s\"}".formatted(prompt, completion);
  }

  private Path lines(String name, int rows, java.util.function.IntFunction<String> row)
      throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, IntStream.range(0, rows).mapToObj(row).toList());
  }

  private static DataConfig config(Path... files) {
    return config(List.of(), files);
  }

  private static DataConfig config(List<String> settings, Path... files) {
    String list = Stream.of(files).map(file -> "\"" + file + "\"").collect(Collectors.joining(","));
    List<String> all =
        Stream.concat(
                Stream.of(
                    "data.source=files",
                    "data.files=[" + list + "]",
                    "evaluation.judge=configured"),
                settings.stream())
            .toList();
    return RunConfig.load(null, all).data();
  }
}
