package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.rlaif.training.data.Rows.chat;
import static org.rlaif.training.data.Rows.message;
import static org.rlaif.training.data.Rows.read;
import static org.rlaif.training.data.Rows.readUnlearned;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UnpairedPreference;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.DataConfig;

class LayoutsTest {
  /** By layout, a row that is read so where nothing is set. */
  private static final Map<DataConfig.Layout, String> OWN =
      Map.of(
          DataConfig.Layout.CONVERSATION, "{'messages': [u:a, a:b]}",
          DataConfig.Layout.COMPLETION, "{'prompt': 'a', 'completion': 'b'}",
          DataConfig.Layout.PREFERENCE, "{'prompt': 'a', 'chosen': 'a? b', 'rejected': 'a? c'}",
          DataConfig.Layout.TRANSCRIPTS, "{'chosen': 'a? b', 'rejected': 'a? c'}",
          DataConfig.Layout.TEXT, "{'text': 'a? b'}",
          DataConfig.Layout.PROMPT, "{'prompt': 'a'}");

  /** All columns at once; transcripts too, whose turn is a question mark. */
  private static final String EVERYTHING =
      "{'messages': [u:m, a:n], 'prompt': 'a', 'completion': 'b', 'chosen': 'x? c', 'rejected':"
          + " 'x? d'}";

  private static final String TURN = "data.columns.turn='?'";

  @Test
  void everyChoiceIsOnePage() {
    assertEquals(
        Arrays.stream(DataConfig.Layout.values()).skip(1).toList(), // but auto
        List.copyOf(all(true).keySet()));
  }

  @Test
  void aRowHasTheFirstLayoutThatFits() {
    assertEquals(
        List.of("conversation"), fitting("{'messages': [u:a, a:b], 'prompt_id': 3}", true));
    assertEquals(
        List.of("completion", "preference", "transcripts", "prompt"),
        fitting("{'prompt': 'a', 'completion': 'b', 'chosen': 'c', 'rejected': 'd'}", false));
    assertEquals(
        List.of("preference", "transcripts", "prompt"),
        fitting(OWN.get(DataConfig.Layout.PREFERENCE), false));
    assertEquals(
        List.of("preference", "transcripts"),
        fitting("{'chosen': [u:a, a:b], 'rejected': 'c'}", false));
    // Neither says what it answers: one is read as a transcript, the other refused as none.
    assertEquals(List.of("transcripts"), fitting("{'chosen': [a:b], 'rejected': [a:c]}", false));
    assertEquals(List.of("transcripts"), fitting(OWN.get(DataConfig.Layout.TRANSCRIPTS), false));
    assertEquals(List.of("prompt"), fitting(OWN.get(DataConfig.Layout.PROMPT), false));
    assertEquals(List.of(), fitting(OWN.get(DataConfig.Layout.PROMPT), true));
    assertEquals(List.of(), fitting("{'messages': null, 'texts': 'a'}", false));
    assertEquals(List.of(), fitting("{'prompt': 'a', 'completion': null, 'rejected': null}", true));
  }

  @Test
  void aLayoutThatIsSetReadsTheRowsThatFitAndRefusesAllOthers() {
    OWN.forEach(
        (own, json) -> {
          assertEquals(own.word(), fitting(json, false).get(0));
          assertEquals(
              readUnlearned(json, TURN), readUnlearned(json, TURN, "data.layout=" + own.word()));
          assertEquals(
              fitting(json, false),
              Arrays.stream(DataConfig.Layout.values())
                  .skip(1)
                  .filter(choice -> isRead(json, choice))
                  .map(DataConfig.Layout::word)
                  .toList(),
              json);
        });
  }

  @Test
  void aLayoutThatIsSetDecidesWhereSeveralFit() {
    assertEquals(
        new Example("f:7", chat("u:m"), "n"),
        read("{'messages': [u:m, a:n], 'completion': 'b'}", "data.layout=conversation").example());
    assertEquals(
        new Example("f:7", Prompt.of("a"), "b"),
        read(EVERYTHING, "data.layout=completion").example());
    assertEquals(
        new Lesson("f:7", Prompt.of("a"), null, "x? c", "x? d", false),
        read(EVERYTHING, "data.layout=preference"));
    assertEquals(
        new Lesson("f:7", Prompt.of("x?"), null, " c", " d", false),
        read(EVERYTHING, "data.layout=transcripts", TURN));
    Lesson prompt = readUnlearned(EVERYTHING, "data.layout=prompt");
    assertEquals(new Example("f:7", Prompt.of("a"), ""), prompt.example());
    assertNull(prompt.preferences().findFirst().orElse(null));
  }

  @Test
  void aRowThatDoesNotFitIsRefusedWithWhatIsExpected() {
    String columns = "; data.columns says what yours are called)";
    assertEquals(
        "f, row 7, columns: prompt, completion (expected: a conversation in messages, since"
            + " data.layout is conversation"
            + columns,
        message("{'prompt': 'a', 'completion': 'b'}", "data.layout=conversation"));
    assertEquals(
        "f, row 7, columns: messages (expected: a completion in answer, since data.layout is"
            + " completion"
            + columns,
        message(
            "{'messages': [u:a, a:b]}",
            "data.layout=completion",
            "data.columns.completion=answer"));
    assertEquals(
        "f, row 7, columns: chosen, rejected (expected: a preference in chosen and rejected with its"
            + " prompt in prompt, since data.layout is preference"
            + columns,
        message("{'chosen': 'a', 'rejected': 'b'}", "data.layout=preference"));
    assertEquals(
        "f, row 7, columns: prompt (expected: transcripts in chosen and rejected, since"
            + " data.layout is transcripts"
            + columns,
        message("{'prompt': 'a'}", "data.layout=transcripts"));
    assertEquals(
        "f, row 7, columns: prompt (expected: a prompt in prompt, with sft: skip, since data.layout"
            + " is prompt"
            + columns,
        message("{'prompt': 'a'}", "data.layout=prompt"));
  }

  @Test
  void aLayoutThatIsNoneIsRefused() {
    UserError error = assertThrows(UserError.class, () -> Rows.config("data.layout=chats"));
    assertEquals(
        "--set: data.layout: chats (expected: one of auto, conversation, completion, preference,"
            + " anthropic-hh, openai-comparisons, tldr-posts, lm-human-preferences, ultrafeedback,"
            + " helpsteer, helpsteer2-preference, shp, pandalm, alpaca, transcripts, text, prompt,"
            + " unpaired, stepwise, rated)",
        error.getMessage());
  }

  @Test
  void aLabelCountsWhereItIsAskedFor() {
    String good = "{'prompt': 'a', 'completion': 'b', 'label': true}";
    String bad = "{'prompt': 'a', 'completion': 'b', 'label': false}";
    assertEquals(List.of("completion", "prompt", "unpaired"), fitting(good, false));
    assertNull(read(good).unpaired(), "a label may mean anything");
    String[] unpaired = {"data.layout=unpaired", "algorithm=kto"};
    Lesson wanted = read(good, unpaired);
    assertEquals(
        new UnpairedPreference("f:7", Prompt.of("a"), "b", 1, Provenance.human()),
        wanted.unpaired());
    assertEquals(new Example("f:7", Prompt.of("a"), "b"), wanted.example());
    Lesson unwanted = read(bad, unpaired);
    assertEquals(
        new UnpairedPreference("f:7", Prompt.of("a"), "b", 0, Provenance.human()),
        unwanted.unpaired());
    assertNull(unwanted.example(), "nobody learns to write what is not wanted");
    assertEquals(
        "f, row 7, column label: \"yes\" (expected: true or false)",
        message("{'prompt': 'a', 'completion': 'b', 'label': 'yes'}", unpaired));
    assertEquals(
        "f, row 7, columns: prompt, completion (expected: a completion in completion with true or"
            + " false in label, since data.layout is unpaired; data.columns says what yours are"
            + " called)",
        message("{'prompt': 'a', 'completion': 'b'}", unpaired));
    UserError error = assertThrows(UserError.class, () -> Rows.config("data.layout=unpaired"));
    assertEquals(
        "--set: data.layout: unpaired (expected: with algorithm: kto or ilql, which learn from such"
            + " labels; completion takes none of them)",
        error.getMessage());
  }

  @Test
  void ratingsCountWhereTheyAreAskedFor() {
    String row = "{'prompt': 'a', 'completion': 'b', 'helpful': 3, 'verbose': null, 'n': 'x'}";
    String[] rated = {
      "data.layout=rated", "reward.loss=regression", "reward.attributes={verbose: -1, helpful: 1}"
    };
    assertNull(read(row).ratedCompletion(), "a number may mean anything");
    Lesson lesson = read(row, rated);
    assertEquals(
        new RatedCompletion(
            "f:7",
            Prompt.of("a"),
            "b",
            new TreeMap<>(Map.of("helpful", 3.0)), // what is missing is not 0
            Provenance.human()),
        lesson.ratedCompletion());
    assertEquals(new Example("f:7", Prompt.of("a"), "b"), lesson.example());
    assertEquals(
        "f, row 7, column verbose: \"NaN\" (expected: a finite number, or null where there is no"
            + " rating)",
        message("{'prompt': 'a', 'completion': 'b', 'helpful': 3, 'verbose': 'NaN'}", rated));
    assertEquals(
        "f, row 7, column helpful: true (expected: a finite number, or null where there is no"
            + " rating)",
        message("{'prompt': 'a', 'completion': 'b', 'helpful': true}", rated));
    assertEquals(
        "f, row 7, columns: prompt, completion, helpful (expected: a completion in completion with"
            + " a number in at least one of helpful, verbose, since data.layout is rated;"
            + " data.columns says what yours are called)",
        message("{'prompt': 'a', 'completion': 'b', 'helpful': null}", rated));
  }

  /** As {@code rlaif judge rate} writes them. */
  @Test
  void ratingsMayStandInAnObject() {
    Lesson lesson =
        read(
            "{'id': 'x#0', 'prompt': 'a', 'completion': 'b', 'ratings': {'helpful': 3.0, 'other':"
                + " 1.0}, 'provenance': {'source': 'endpoint:m', 'hash': 'h', 'forward': null,"
                + " 'reversed': null}}",
            "data.layout=rated",
            "reward.loss=regression",
            "reward.attributes={verbose: -1, helpful: 1}");
    RatedCompletion rated = lesson.ratedCompletion();
    assertNotNull(rated);
    assertEquals(Map.of("helpful", 3.0), rated.ratings());
  }

  @Test
  void ratingsAndRegressionGoTogether() {
    String one =
        "--set: data.layout: %s (expected: rated or helpsteer where reward.loss is regression, and nowhere else:"
            + " one learns from the other)";
    assertEquals(one.formatted("rated"), refused("data.layout=rated"));
    assertEquals(
        one.formatted("auto"), refused("reward.loss=regression", "reward.attributes={a: 1}"));
    String[] rated = {"data.layout=rated", "reward.loss=regression"};
    assertEquals(
        "--set: algorithm: kto (expected: an on-policy one, with reward.loss: regression: no other"
            + " has a reward model)",
        refused(rated, "reward.attributes={a: 1}", "algorithm=kto"));
    assertEquals(
        "--set: reward.attributes: [a, b] (expected: some of data.columns.ratings, [b, c])",
        refused(rated, "reward.attributes={a: 1, b: 1}", "data.columns.ratings=[b, c]"));
    assertEquals(
        "--set: reward.attributes: {} (expected: names with weights, such as {helpfulness: 1,"
            + " verbosity: -0.4}, to go with loss: regression)",
        refused(rated));
    assertEquals(
        "--set: reward.attributes: {a=1.0} (expected: none, but with loss: regression)",
        refused("reward.attributes={a: 1}"));
    assertEquals(
        "--set: reward.attributes.a: NaN (expected: a finite number: its weight in the score)",
        refused(rated, "reward.attributes={a: 'NaN'}"));
    assertEquals(
        "--set: reward.attributes: {a=0.0} (expected: a weight that is not 0)",
        refused(rated, "reward.attributes={a: 0}"));
    assertEquals(
        "--set: reward.members: 2 (expected: 1, with loss: regression: it has no ensembles)",
        refused(rated, "reward.attributes={a: 1}", "reward.members=2"));
    assertEquals(
        "--set: reward.labels: hard (expected: soft: regression learns ratings as they are)",
        refused(rated, "reward.attributes={a: 1}", "reward.labels=hard"));
    assertEquals(
        "--set: reward.centring: 0.1 (expected: 0: regression has no pairs to centre)",
        refused(rated, "reward.attributes={a: 1}", "reward.centring=0.1"));
  }

  private static String refused(String[] some, String... more) {
    return refused(Stream.of(some, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private static String refused(String... settings) {
    return assertThrows(UserError.class, () -> Rows.config(settings)).getMessage();
  }

  /** Nothing is guessed: two columns to learn are for the user to choose from. */
  @Test
  void twoThingsToLearnAreRefused() {
    assertEquals(
        "f, row 7, columns messages and completion: both (expected: one of them to learn;"
            + " data.layout chooses, data.columns says what yours are called)",
        message(EVERYTHING));
  }

  private static Map<DataConfig.Layout, Layout> all(boolean learned) {
    return Layouts.all(Rows.config(), /* seed= */ 0, learned);
  }

  private static List<String> fitting(String json, boolean learned) {
    return all(learned).entrySet().stream()
        .filter(each -> each.getValue().fits(Rows.row(json)))
        .map(each -> each.getKey().word())
        .toList();
  }

  private static boolean isRead(String json, DataConfig.Layout choice) {
    try {
      readUnlearned(json, TURN, "data.layout=" + choice.word());
      return true;
    } catch (UserError e) {
      return false;
    }
  }
}
