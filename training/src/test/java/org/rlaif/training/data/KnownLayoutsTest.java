package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;
import org.rlaif.training.rows.DataFile;
import org.rlaif.training.rows.Row;
import org.rlaif.training.rows.RowFile;

/** Each known data set by a few rows that are written as it is; the files are called as layouts. */
class KnownLayoutsTest {
  private static final String TLDR =
      "SUBREDDIT: r/cats\n\nTITLE: Lazy cat?\n\nPOST: My cat sleeps all day.\n\nTL;DR:";
  private static final String INSTRUCTION =
      "Below is an instruction that describes a task. Write a response that appropriately completes"
          + " the request.\n\n### Instruction:\n%s\n\n### Response:";
  private static final String WITH_INPUT =
      "Below is an instruction that describes a task, paired with an input that provides further"
          + " context. Write a response that appropriately completes the request.\n\n"
          + "### Instruction:\n%s\n\n### Input:\n%s\n\n### Response:";

  static Stream<DataConfig.Layout> known() {
    return Layouts.all(Rows.config(), 0, true).entrySet().stream()
        .filter(each -> each.getValue().isKnown())
        .map(Map.Entry::getKey);
  }

  /** Nobody has to say what they are, and no row fits two of them. */
  @ParameterizedTest
  @MethodSource("known")
  void isRecognisedByItsColumns(DataConfig.Layout layout) {
    for (Row row : rows(file(layout))) {
      assertEquals(layout, Rows.layouts(true).read(row).layout());
      assertEquals(layout, Rows.layouts(false).read(row).layout(), "before it is a prompt alone");
      assertEquals(
          List.of(layout),
          Layouts.all(Rows.config(), 0, true).entrySet().stream()
              .filter(each -> each.getValue().isKnown() && each.getValue().fits(row))
              .map(Map.Entry::getKey)
              .toList());
    }
  }

  /** Its columns may mean something else where a template makes the prompt. */
  @Test
  void aTemplateSaysThatTheColumnsAreOnesOwn() {
    String json = "{'instruction': 'I', 'input': '', 'output': 'O', 'rejected': 'R'}";
    String[] own = {
      "data.promptTemplate='Q: {{instruction}}'",
      "data.columns.completion=output",
      "data.columns.rejected=none"
    };
    assertEquals(DataConfig.Layout.COMPLETION, Rows.recognised(json, own).layout());
    assertEquals(
        new Example("f:7", Prompt.of("Q: I"), "O"),
        Rows.read("{'instruction': 'I', 'input': '', 'output': 'O'}", own[0], "data.layout=alpaca")
            .example());
  }

  @ParameterizedTest
  @MethodSource("known")
  void oneThatIsSetRefusesOtherRows(DataConfig.Layout layout) {
    List<String> settings = new ArrayList<>(List.of("data.layout=" + layout.word()));
    if (layout == DataConfig.Layout.HELPSTEER) {
      settings.add("reward.loss=regression");
      settings.add("reward.attributes={helpfulness: 1}");
    }
    String message = Rows.message("{'a': 'b'}", settings.toArray(String[]::new));
    assertTrue(
        message.startsWith("f, row 7, columns: a (expected: ")
            && message.contains("since data.layout is " + layout.word()),
        message);
  }

  @Test
  void pairsOfHhThatAnswerTwoPromptsAreLeftOut() {
    List<Reading> readings = readings("anthropic-hh.jsonl");
    String prompt =
        "\n\nHuman: Is it late?\n\nAssistant: It is noon.\n\nHuman: Sure?\n\nAssistant:";
    Lesson lesson = readings.get(0).lessons().get(0);
    assertEquals(preference("1", Prompt.of(prompt), " Quite sure.", " Who knows.", 1), one(lesson));
    assertEquals(Reading.leftOut("promptsDiffer"), readings.get(1));
    Lesson chat = readings("anthropic-hh.jsonl", "data.chat=true").get(0).lessons().get(0);
    assertEquals(
        preference(
            "1",
            Prompt.of(
                List.of(
                    Message.user("Is it late?"),
                    Message.assistant("It is noon."),
                    Message.user("Sure?"))),
            "Quite sure.",
            "Who knows.",
            1),
        one(chat));
  }

  @Test
  void summariesKeepTheAnnotatorsConfidence() {
    List<Lesson> lessons = lessons("openai-comparisons.jsonl");
    assertEquals(
        new Preference(
            "f:1",
            Prompt.of(TLDR),
            " My cat sleeps, is it ill?",
            " A cat.",
            1,
            Provenance.human(),
            null,
            null,
            8.0),
        one(lessons.get(0)));
    assertEquals(
        preference(
            "2",
            Prompt.of("TITLE: Rain\n\nARTICLE: It rains.\n\nTL;DR:"),
            " Rain falls.",
            " Sun.",
            1),
        one(lessons.get(1)));
    assertEquals(
        new Example("f:1", Prompt.of(TLDR), " Cat sleeps, ill?"),
        lessons("tldr-posts.jsonl").get(0).example());
    assertEquals(
        "f, row 7, column choice: 2 (expected: a number from 0 to 1)",
        Rows.message("{'info': {}, 'summaries': [{}, {}], 'choice': 2}"));
    assertEquals(
        "f, row 7, column info.subreddit: missing (expected: text)",
        Rows.message("{'info': {'post': 'a'}, 'summaries': [{}, {}], 'choice': 1}"));
    assertEquals(
        "f, row 7, column summaries: [{}] (expected: a list of two)",
        Rows.message("{'info': {'post': 'a'}, 'summaries': [{}], 'choice': 1}"));
  }

  @Test
  void theBestOfFourIsBetterThanThree() {
    Lesson lesson = lessons("lm-human-preferences.json").get(0);
    Prompt prompt = Prompt.of("He went out.");
    String best = " The sun shone on him.";
    assertEquals(new Example("f:1", prompt, best), lesson.example());
    assertEquals(
        List.of(
            preference("1.1", prompt, best, " It rained.", 1),
            preference("1.2", prompt, best, " He was happy.", 1),
            preference("1.3", prompt, best, " No.", 1)),
        lesson.preferences().toList());
  }

  /** 7, 10 that meant 1, 10 in doubt, 5.5. */
  @ParameterizedTest
  @EnumSource(DataConfig.Binarise.class)
  void scoresOfUltraFeedbackAreCheckedAndCompared(DataConfig.Binarise how) {
    String word = how.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Reading reading = readings("ultrafeedback.jsonl", "data.binarise=" + word).get(0);
    assertEquals(List.of("tenMeantOne", "tenInDoubt"), reading.notes());
    Lesson lesson = reading.lessons().get(0);
    Prompt prompt = Prompt.of("Name a colour.");
    assertEquals(new Example("f:1", prompt, "Blue."), lesson.example());
    List<Preference> preferences = lesson.preferences().toList();
    switch (how) {
      case BEST_VS_WORST ->
          assertEquals(List.of(preference("1", prompt, "Blue.", "Seven.", 1)), preferences);
      case BEST_VS_RANDOM -> {
        assertEquals(1, preferences.size());
        assertTrue(List.of("Seven.", "Greenish.").contains(preferences.get(0).second()));
      }
      case MARGIN ->
          assertEquals(
              List.of(
                  preference("1.1", prompt, "Blue.", "Seven.", (1 + 6 / 9.0) / 2),
                  preference("1.2", prompt, "Blue.", "Greenish.", (1 + 1.5 / 9) / 2),
                  preference("1.3", prompt, "Greenish.", "Seven.", (1 + 4.5 / 9) / 2)),
              preferences);
    }
  }

  @Test
  void theSeedDrawsTheWorseOne() {
    Row row = rows("ultrafeedback.jsonl").get(0);
    List<String> drawn =
        Stream.iterate(0L, seed -> seed + 1)
            .limit(200)
            .map(seed -> new Layouts(Rows.config(), seed, true).read(row).reading())
            .map(reading -> one(reading.lessons().get(0)).second())
            .toList();
    long first = drawn.stream().filter("Seven."::equals).count();
    assertTrue(
        first > 70 && first < 130, () -> first + " of 200"); // 100 ± 30 is over four deviations
  }

  @Test
  void ratingsOfHelpSteerAreReadWhereTheyAreLearned() {
    Lesson lesson =
        lessons(
                "helpsteer.jsonl",
                "data.layout=helpsteer",
                "reward.loss=regression",
                "reward.attributes={helpfulness: 1, verbosity: -0.4}")
            .get(0);
    assertEquals(Map.of("helpfulness", 4.0, "verbosity", 1.0), lesson.ratings());
    Lesson guessed = lessons("helpsteer.jsonl").get(1);
    assertNull(guessed.ratedCompletion());
    assertEquals(new Example("f:2", Prompt.of("What is 2 + 2?"), "It is 5."), guessed.example());
  }

  @Test
  void strengthsAreProbabilitiesInEvenSteps() {
    List<Lesson> lessons = lessons("helpsteer2-preference.jsonl");
    Prompt sum = Prompt.of("What is 2 + 2?");
    assertEquals(
        preference("1", sum, "It is 4.", "It is 5.", (1 + 2 / 3.0) / 2), one(lessons.get(0)));
    assertEquals(new Example("f:1", sum, "It is 4."), lessons.get(0).example());
    assertEquals(preference("2", Prompt.of("Hi"), "Hello.", "Hey.", 0.5), one(lessons.get(1)));
    assertNull(lessons.get(1).example(), "nobody knows which is better");
    assertEquals(preference("3", Prompt.of("Bye"), "Bye!", "What?", 1), one(lessons.get(2)));
  }

  @Test
  void votesHaveToDifferEnough() {
    List<Lesson> lessons = lessons("shp.jsonl");
    assertEquals(
        preference("1", Prompt.of("Why is my bread flat?"), "Old yeast.", "No idea.", 1),
        one(lessons.get(0)));
    assertEquals(
        preference("2", Prompt.of("Butter or oil?"), "Butter.", "Oil.", 1), one(lessons.get(1)));
    List<Reading> filtered = readings("shp.jsonl", "data.minimumRatio=2");
    assertEquals(1, filtered.get(0).lessons().size());
    assertEquals(Reading.leftOut("minimumRatio"), filtered.get(1));
    assertEquals(
        "--set: data.minimumRatio: 0.5 (expected: >= 1, which is every row)",
        assertThrows(UserError.class, () -> Rows.config("data.minimumRatio=0.5")).getMessage());
  }

  @Test
  void threeAnnotatorsAreAMean() {
    List<Lesson> lessons = lessons("pandalm.json");
    Prompt correct = Prompt.of(WITH_INPUT.formatted("Correct the sentence.", "He go."));
    assertEquals(preference("1", correct, "He goes.", "He gone.", 2.5 / 3), one(lessons.get(0)));
    Prompt hi = Prompt.of(INSTRUCTION.formatted("Say hi."));
    assertEquals(preference("2", hi, "Hi.", "Bye.", 1), one(lessons.get(1)));
    assertEquals(0.5, one(lessons.get(2)).probabilityFirst());
    assertNull(lessons.get(2).example());
    assertEquals(
        Prompt.of(List.of(Message.user("Correct the sentence.\n\nHe go."))),
        lessons("pandalm.json", "data.chat=true").get(0).prompt());
  }

  @Test
  void alpacaLearnsOutputsThatAreThere() {
    List<Reading> readings = readings("alpaca.json");
    assertEquals(
        new Example(
            "f:1", Prompt.of(WITH_INPUT.formatted("Correct the sentence.", "He go.")), "He goes."),
        readings.get(0).lessons().get(0).example());
    assertEquals(Reading.leftOut("emptyCompletion"), readings.get(2));
    Lesson both = readings.get(3).lessons().get(0);
    Prompt prompt = Prompt.of(INSTRUCTION.formatted("Say a word."));
    assertEquals(new Example("f:4", prompt, "One."), both.example());
    assertEquals(preference("4", prompt, "Two.", "No.", 1), one(both));
  }

  @Test
  void allOfATextIsLearned() {
    List<Reading> readings = readings("text.jsonl");
    assertEquals(
        new Example(
            "f:1",
            Prompt.of("The sky is blue."),
            " It has \"clouds.\" They are white.",
            /* everyTurn= */ true),
        readings.get(0).lessons().get(0).example());
    assertEquals(Prompt.of("A title"), readings.get(1).lessons().get(0).prompt());
    assertEquals(Prompt.of("One"), readings.get(2).lessons().get(0).prompt());
    assertEquals(Reading.leftOut("oneWord"), readings.get(3));
  }

  @Test
  void aStepIsWantedBehindTheStepsBeforeIt() {
    List<Lesson> lessons = lessons("stepwise.jsonl", "data.layout=stepwise", "algorithm=kto");
    String asked = "Which is larger, 9.8 or 9.11?";
    assertEquals(List.of("f:1.1", "f:1.2"), lessons.stream().map(Lesson::id).toList());
    assertEquals(List.of(asked, asked), lessons.stream().map(Lesson::side).toList());
    assertEquals(Prompt.of(asked + "\nThe whole parts are equal.\n"), lessons.get(1).prompt());
    assertEquals("The whole parts are equal.", lessons.get(0).completion());
    assertEquals(
        List.of(1.0, 0.0),
        lessons.stream()
            .map(each -> Objects.requireNonNull(each.unpaired()).probabilityDesirable())
            .toList());
    String[] settings = {"data.layout=stepwise", "algorithm=kto"};
    assertEquals(
        "f, row 7, column labels: 1 labels (expected: 2, one for each step)",
        Rows.message("{'prompt': 'a', 'completions': ['b', 'c'], 'labels': [true]}", settings));
    assertEquals(
        "f, row 7, column labels: [1] (expected: a list of true or false for each step)",
        Rows.message("{'prompt': 'a', 'completions': ['b'], 'labels': [1]}", settings));
  }

  private static Preference one(Lesson lesson) {
    List<Preference> all = lesson.preferences().toList();
    assertEquals(1, all.size());
    return all.get(0);
  }

  private static Preference preference(
      String row, Prompt prompt, String first, String second, double probability) {
    return new Preference("f:" + row, prompt, first, second, probability, Provenance.human());
  }

  private static List<Lesson> lessons(String file, String... settings) {
    return readings(file, settings).stream()
        .flatMap(reading -> reading.lessons().stream())
        .toList();
  }

  private static List<Reading> readings(String file, String... settings) {
    Layouts layouts = Rows.layouts(true, settings);
    return rows(file).stream().map(row -> layouts.read(row).reading()).toList();
  }

  private static String file(DataConfig.Layout layout) {
    return Stream.of(".jsonl", ".json")
        .map(ending -> layout.word() + ending)
        .filter(name -> KnownLayoutsTest.class.getResource(name) != null)
        .findFirst()
        .orElseThrow();
  }

  private static List<Row> rows(String name) {
    try {
      Path path = Path.of(Objects.requireNonNull(KnownLayoutsTest.class.getResource(name)).toURI());
      return RowFile.read(new DataFile("f", path, "f"), Rows.config().limits(), "").rows();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
