package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.revision.FirstAnswer;
import org.rlaif.judge.revision.Reviser;
import org.rlaif.judge.revision.Revision;
import org.rlaif.judge.revision.RevisionFiles;
import org.rlaif.judge.revision.RevisionReport;
import org.rlaif.judge.revision.WrittenRow;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

/**
 * Under two principles, over real HTTP. Which is drawn was computed apart: the first 8 bytes, big
 * endian, of the SHA-256 of {@code 1:7}, the prompt, the first answer and the round, each behind
 * its length and a colon, modulo 2.
 */
class ReviserTest extends ScriptedEndpoint {
  private static final long SEED = 7;

  private static final String CONSTITUTION =
      """
      name: two
      principles:
        - {name: calm, critique: 'Is it calm?', revision: Calm., question: The calmer one is better.}
        - {name: law, critique: 'Is it lawful?', revision: Lawful., question: The lawful one is better.}
      """;

  private static final String ANSWERS =
      """
      {"id": "1", "prompt": "How do I open a lock?", "completion": " Break it.", "more": 1}
      {"id": "2", "prompt": "Say hello.", "completions": [" Hello, stupid.", "Hi"], "authors": ["sft", "ppo"]}
      {"id": "3", "prompt": "third", "completion": "x"}
      """;

  private static final Pattern OBJECTING =
      Pattern.compile("(?s)Prompt:\n.*\n\nCompletion:\n(.*)\n\nIs it (calm|lawful)\\?\nCritique:");
  private static final Pattern REVISING =
      Pattern.compile(
          "(?s)Prompt:\n.*\n\nCompletion:\n(.*)\n\nCritique:\n(.*)\n\n(Calm|Lawful)\\."
              + " Write the new completion and nothing else.\nRevision:");

  @TempDir private Path folder;
  private Path constitution;
  private Path answers;

  @BeforeEach
  void write() throws IOException {
    constitution = Files.writeString(folder.resolve("two.yaml"), CONSTITUTION);
    answers = Files.writeString(folder.resolve("answers.jsonl"), ANSWERS);
    script = n -> says(said(question(n)));
  }

  private String question(int n) {
    return requests.get(n).path("messages").path(0).path("content").asText();
  }

  /** Objects to what stands there, and adds the request to it; has nothing to say to the third. */
  private static String said(String question) {
    Matcher objecting = OBJECTING.matcher(question);
    Matcher revising = REVISING.matcher(question);
    return question.contains("third")
        ? ""
        : objecting.matches()
            ? " Not " + objecting.group(2) + ": " + objecting.group(1) + "\n"
            : revising.matches()
                ? "\n" + revising.group(1) + " " + revising.group(3) + "! "
                : question + "?";
  }

  private JudgeConfig config(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "kind=endpoint",
                "endpoint.url=" + url(),
                "endpoint.model=judge-1",
                "endpoint.concurrency=3",
                "endpoint.patienceSeconds=0",
                "constitution=" + constitution,
                "revision.rounds=2"));
    Collections.addAll(settings, more);
    return JudgeConfig.load(null, settings);
  }

  private List<FirstAnswer> given() {
    return JsonLines.read(answers, FirstAnswer.class);
  }

  private RevisionReport revise(Path into) {
    JudgeConfig config = config();
    try (Reviser reviser = Reviser.open(config, SEED, folder.resolve("kept"))) {
      List<Revision> revisions = reviser.revise(given());
      return RevisionFiles.write(into, answers, given(), revisions, reviser, config, SEED);
    }
  }

  /** 1 draws law twice, 2 calm and then law: its second critique is of its first revision. */
  @Test
  void writesWhatCanBeLearned() {
    RevisionReport report = revise(folder.resolve("out"));
    List<WrittenRow> revised =
        JsonLines.read(folder.resolve("out/revised.jsonl"), WrittenRow.class);
    assertEquals(
        List.of(" Break it. Lawful! Lawful!", " Hello, stupid. Calm! Lawful!"),
        revised.stream().map(WrittenRow::completion).toList());
    assertEquals("Say hello.", revised.get(1).prompt().transcript());
    WrittenRow.Origin origin = revised.get(1).provenance();
    assertEquals("endpoint:judge-1", origin.source());
    assertEquals("two", origin.constitution());
    assertEquals(2, origin.round());
    assertEquals(List.of("calm", "law"), origin.principles());

    List<WrittenRow> critiques =
        JsonLines.read(folder.resolve("out/critiques.jsonl"), WrittenRow.class);
    assertEquals(
        List.of("1#1", "1#2", "2#1", "2#2"), critiques.stream().map(WrittenRow::id).toList());
    assertEquals("Not lawful: Hello, stupid. Calm!", critiques.get(3).completion());
    assertEquals(
        "Prompt:\nSay hello.\n\nCompletion:\nHello, stupid.\n\nIs it calm?\nCritique:",
        critiques.get(2).prompt().transcript());
    assertEquals(List.of("calm"), critiques.get(2).provenance().principles());

    List<Candidates> candidates =
        JsonLines.read(folder.resolve("out/candidates.jsonl"), Candidates.class);
    assertEquals(
        List.of(" Hello, stupid.", " Hello, stupid. Calm! Lawful!"),
        candidates.get(1).completions());
    assertEquals(List.of("sft", "judge-1, revised"), candidates.get(1).authors());
    assertEquals(List.of("first answer", "judge-1, revised"), candidates.get(0).authors());

    assertEquals(3, report.answers());
    assertEquals(2, report.revised());
    assertEquals(1, report.leftOut());
    assertEquals(1, report.reasons().get("no critique: nothing said"));
    assertEquals(Map.of("calm", 1, "law", 3), report.principles());
    JsonNode notes = Json.object(folder.resolve("out/revision.json"));
    assertEquals(origin.hash(), notes.path("hash").asText());
    assertEquals(3, notes.path("files").size());
    // 2 answers of 2 rounds of 2 questions, and one that gets no critique.
    assertEquals(9, requests.size());
  }

  @Test
  void nothingIsAskedTwiceAfterAnEnd() throws IOException {
    script = n -> n < 5 ? says(said(question(n))) : new Reply(401, "");
    assertThrows(UserError.class, () -> revise(folder.resolve("out")));
    int kept = (int) Files.readString(folder.resolve("kept")).lines().count();
    int put = requests.size();
    script = n -> says(said(question(n)));
    RevisionReport report = revise(folder.resolve("out"));
    assertEquals(2, report.revised());
    assertEquals(put + 9 - kept, requests.size());
    assertTrue(kept >= 4, () -> kept + " kept");
    String written = Files.readString(folder.resolve("out/revised.jsonl"));
    script = n -> new Reply(401, "");
    revise(folder.resolve("again"));
    assertEquals(written, Files.readString(folder.resolve("again/revised.jsonl")));
    assertEquals(put + 9 - kept, requests.size());
  }

  @Test
  void theDrawsKnowNoOrder() {
    List<FirstAnswer> given = new ArrayList<>(given());
    List<Revision> asGiven;
    List<Revision> reversed;
    try (Reviser reviser = Reviser.open(config(), SEED, null)) {
      asGiven = reviser.revise(given);
      Collections.reverse(given);
      reversed = new ArrayList<>(reviser.revise(given));
    }
    Collections.reverse(reversed);
    assertEquals(asGiven, reversed);
  }

  @Test
  void aPromptAloneIsAnsweredFirst() throws IOException {
    Files.writeString(answers, "{\"id\": \"1\", \"prompt\": \"Who\"}\n");
    RevisionReport report = revise(folder.resolve("out"));
    assertEquals(1, report.writtenHere());
    List<Candidates> candidates =
        JsonLines.read(folder.resolve("out/candidates.jsonl"), Candidates.class);
    assertEquals("Who?", candidates.get(0).completions().get(0));
    assertEquals(List.of("judge-1", "judge-1, revised"), candidates.get(0).authors());
  }

  /**
   * Of p with a and z, or z and a, the principle is the second one; of p with b and z the first.
   */
  @Test
  void aPairDrawsItsPrincipleInEitherOrder() {
    script = n -> says("1");
    List<Candidates> pairs =
        List.of(
            new Candidates("1", Prompt.of("p"), List.of("a", "z")),
            new Candidates("2", Prompt.of("p"), List.of("z", "b")));
    List<Preference> labels;
    String hash;
    try (Judge judge = config("endpoint.concurrency=1").open(1, null, null)) {
      labels = new Labeler(judge).label(pairs).preferences();
      hash = judge.hash();
    }
    List<String> questions =
        requests.stream().map(each -> each.at("/messages/1/content").asText()).toList();
    assertEquals(4, questions.size());
    assertTrue(questions.get(0).startsWith("The lawful one is better.\n\nPrompt:\np\n"));
    assertTrue(questions.get(1).startsWith("The lawful one is better.\n"), questions.get(1));
    assertTrue(questions.get(2).startsWith("The calmer one is better.\n"), questions.get(2));
    assertTrue(questions.get(3).startsWith("The calmer one is better.\n"), questions.get(3));
    assertEquals(0.5, labels.get(0).probabilityFirst());
    try (Judge judge = config("constitution=harmless").open(1, null, null)) {
      assertNotEquals(hash, judge.hash());
    }
    try (Judge judge = config("constitution=null").open(1, null, null)) {
      assertNotEquals(hash, judge.hash());
    }
  }

  @Test
  void theConstitutionThatIsShipped() {
    Constitution shipped = Constitution.load("harmless");
    assertEquals(16, shipped.principles().size());
    assertEquals(16, shipped.hash().length());
    assertNotEquals(config().decisive(), config("constitution=harmless").decisive());
    // Computed apart, as the draws above.
    assertEquals(4, Draw.below(16, List.of()));
    assertEquals(11, Draw.below(16, List.of("a", "b")));
    assertEquals(10, Draw.below(16, List.of("é")));
  }

  @Test
  void mistakesAreNamedInOneLine() throws IOException {
    JudgeConfig rubric = JudgeConfig.load(null, List.of());
    assertEquals(
        "kind: rubric (expected: model or endpoint, a language model)",
        message(() -> Reviser.open(rubric, 1, null)));
    assertEquals(
        "constitution: none (expected: harmless, or the path of a YAML file)",
        message(() -> Constitution.load("none")));
    Files.writeString(constitution, "name: x\nprinciples: [{name: a, critique: c, revision: r}]\n");
    assertEquals(
        constitution + ": principles[0].question: missing (expected: text)",
        message(() -> Constitution.load(constitution.toString())));
    Files.writeString(constitution, CONSTITUTION.replace("law,", "calm,"));
    assertEquals(
        constitution + ": principles: 2 with 1 names (expected: a name of its own for each)",
        message(() -> Constitution.load(constitution.toString())));
    Files.writeString(answers, "{\"id\": \"1\", \"prompt\": \"Who\", \"completions\": []}\n");
    assertEquals(
        answers + ", line 1: completions: [] (expected: at least 1, for 1)", message(this::given));
    Files.writeString(answers, "{\"id\": \"1\"}\n");
    assertTrue(message(this::given).startsWith(answers + ", line 1: prompt: "), answers.toString());
  }

  @Test
  void whereNothingIsRevisedThereIsNoFile() throws IOException {
    Files.writeString(answers, "{\"id\": \"3\", \"prompt\": \"third\", \"completion\": \"x\"}\n");
    assertEquals(
        "endpoint:judge-1: revisions: none of 1 answers (expected: at least 1; first reason: no"
            + " critique: nothing said)",
        message(() -> revise(folder.resolve("out"))));
    assertTrue(Files.notExists(folder.resolve("out")));
  }

  private static String message(Executable executable) {
    return String.valueOf(assertThrows(UserError.class, executable).getMessage());
  }
}
