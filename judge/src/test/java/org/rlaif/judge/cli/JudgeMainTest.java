package org.rlaif.judge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Commands;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import picocli.CommandLine;

class JudgeMainTest {
  private static final Prompt PROMPT =
      Prompt.of("My sister Ada broke my lamp. Should I wait?\nTL;DR:");
  private static final String GOOD = " My sister Ada broke my lamp. Should I wait?";
  private static final String BAD = " My uncle Bob sold my";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    CommandLine line = Commands.commandLine(new JudgeMain());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return line.execute(words);
  }

  private Path write(String name, Object... rows) {
    Path file = folder.resolve(name);
    JsonLines.write(file, List.of(rows));
    return file;
  }

  @Test
  void labelWritesPreferencesThatCanBeReadBack() throws Exception {
    Path candidates =
        write(
            "candidates.jsonl.gz",
            new Candidates("1", PROMPT, List.of(GOOD, BAD)),
            new Candidates("2", PROMPT, List.of(BAD, GOOD, GOOD)));
    Path preferences = folder.resolve("preferences.jsonl");
    Path report = folder.resolve("report.json");
    assertEquals(
        0,
        run(
            "label",
            candidates,
            preferences,
            "--rubric",
            "tldr",
            "--noise",
            "0.1",
            "--report",
            report),
        err::toString);
    List<Preference> rows = JsonLines.read(preferences, Preference.class);
    assertEquals(
        List.of("1", "2#0-1", "2#0-2", "2#1-2"), rows.stream().map(Preference::id).toList());
    assertTrue(rows.get(0).probabilityFirst() > 0.9);
    assertTrue(rows.get(1).probabilityFirst() < 0.1);
    assertEquals(0.5, rows.get(3).probabilityFirst());
    assertEquals("rubric:tldr", rows.get(0).provenance().source());
    assertTrue(Files.readString(report).contains("\"positionBiasBefore\""));
    assertTrue(out.toString().contains("4 pairs, 4 answered, 0 not answered"), out::toString);
  }

  @Test
  void verifyFindsOutWhetherTheyAreStillWhatTheJudgeSaid() throws Exception {
    Path candidates = write("candidates.jsonl", new Candidates("1", PROMPT, List.of(GOOD, BAD)));
    Path labels = folder.resolve("labels.jsonl");
    assertEquals(0, run("label", candidates, labels, "--rubric", "tldr", "--clamp", "0.4"));
    assertEquals(0.6, JsonLines.read(labels, Preference.class).get(0).probabilityFirst());
    assertEquals(
        0, run("verify", labels, "--candidates", candidates, "--sample", "100%"), err::toString);
    assertTrue(out.toString().contains("1 labels, linked and whole, of 20"), out::toString);
    assertTrue(
        out.toString().contains("1 of them, asked again of rubric:tldr: equal to the bit"),
        out::toString);

    Files.writeString(labels, Files.readString(labels).replace("0.6", "0.5"));
    assertEquals(2, run("verify", labels));
    assertTrue(
        err.toString().contains("labels.jsonl, label 1 (1): not what its link"), err::toString);
    assertEquals(2, run("verify", candidates));
    assertTrue(err.toString().contains("candidates.jsonl.proof.json: no such file"), err::toString);
  }

  @Test
  void compareTellsTheWinRate() {
    Path policy = write("a.jsonl", new Example("1", PROMPT, GOOD), new Example("2", PROMPT, GOOD));
    Path opponent = write("b.jsonl", new Example("2", PROMPT, GOOD), new Example("1", PROMPT, BAD));
    assertEquals(0, run("compare", policy, opponent, "--rubric", "tldr"), err::toString);
    assertTrue(out.toString().contains("win rate 75.0 %"), out::toString); // a win and a tie
    assertTrue(out.toString().contains("2 compared by rubric:tldr, 1 ties"), out::toString);
  }

  /** Whoever asks for no faults gets none, and none is reported as found. */
  @Test
  void theJudgeThatNobodySetHasNoFaults() {
    List<Example> rows =
        IntStream.range(0, 50)
            .mapToObj(i -> new Example("" + i, Prompt.of("Which of the " + i + " ways?"), "a" + i))
            .toList();
    Path policy = write("a.jsonl", rows.toArray());
    Path opponent =
        write(
            "b.jsonl",
            rows.stream()
                .map(row -> new Example(row.id(), row.prompt(), "The ways are " + row.id() + "."))
                .toArray());
    assertEquals(0, run("compare", policy, opponent), err::toString);
    assertTrue(out.toString().contains("compared by rubric:general"), out::toString);
    assertTrue(out.toString().contains("position bias +0.000"), out::toString);
  }

  @Test
  void filesThatDoNotFitTogetherAreNamed() {
    Path policy = write("a.jsonl", new Example("1", PROMPT, GOOD));
    Path opponent = write("b.jsonl", new Example("2", PROMPT, BAD));
    assertEquals(2, run("compare", policy, opponent));
    assertTrue(err.toString().contains("a.jsonl: id: 1 (expected: once in each"), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }

  @Test
  void mistakesAreOneLineAndNothingIsWritten() {
    Path candidates = write("candidates.jsonl", new Candidates("1", PROMPT, List.of(GOOD, BAD)));
    Path preferences = folder.resolve("preferences.jsonl");
    for (List<String> wrong :
        List.of(
            List.of("--noise", "-1"),
            List.of("--set", "noize=1"),
            List.of("--set", "temperature=0"),
            List.of("--rubric", "nosuch"),
            List.of("--kind", "model"),
            List.of("--kind", "endpoint", "--model", "m"),
            List.of("--kind", "oracle"),
            List.of("--judge", folder.resolve("none.yaml").toString()))) {
      err.getBuffer().setLength(0);
      Object[] arguments = {"label", candidates, preferences, wrong.get(0), wrong.get(1)};
      assertEquals(2, run(arguments), () -> wrong + ": " + err);
      assertEquals(1, err.toString().lines().count(), () -> wrong + ": " + err);
    }
    assertFalse(Files.exists(preferences));
  }

  @Test
  void whatIsWrongIsNamedBeforeAnythingIsRead() {
    Map<List<String>, String> wrong =
        Map.of(
            List.of("--set", "kind=foo"),
            "kind: foo (expected: rubric, model, endpoint, reward, labels, person or ensemble)",
            List.of("--kind", "endpoint", "--model", "m"),
            "endpoint.url: null (expected: a base URL such as http://localhost:8000/v1)",
            List.of("--kind", "endpoint", "--url", "http://h/v1"),
            "endpoint.model: null (expected: the model's name there)",
            List.of(
                "--kind",
                "endpoint",
                "--url",
                "http://h/v1",
                "--model",
                "m",
                "--key-variable",
                "NO"),
            "endpoint.keyVariable: NO (expected: an environment variable that holds the API key)",
            List.of("--kind", "endpoint", "--key-variable", "sk-0123"),
            "endpoint.keyVariable: not shown (expected: the name of an environment variable that"
                + " holds the API key)",
            List.of("--kind", "model", "--model", "m", "--set", "template=none.mustache"),
            "none.mustache: no such file",
            List.of("--kind", "model", "--model", "m"),
            "address: null (expected: host:port of a server)",
            List.of("--rubric", "none"),
            "rubric: none (expected: tldr, general, or the path of a YAML file)");
    wrong.forEach(
        (options, message) -> {
          err.getBuffer().setLength(0);
          List<Object> arguments = new ArrayList<>(List.of("label", "nothing", "nowhere"));
          arguments.addAll(options);
          assertEquals(2, run(arguments.toArray()), options.toString());
          assertTrue(err.toString().strip().endsWith(message), () -> options + ": " + err);
          assertEquals(1, err.toString().lines().count(), err::toString);
        });
  }

  @Test
  void anEmptyFileIsAnError() {
    Path candidates = write("candidates.jsonl");
    assertEquals(2, run("label", candidates, folder.resolve("preferences.jsonl")));
    assertTrue(err.toString().contains("candidates: 0 (expected: at least 1"), err::toString);
  }
}
