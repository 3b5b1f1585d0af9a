package org.rlaif.judge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Commands;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import picocli.CommandLine;

class ReportCommandsTest {
  private static final Prompt PROMPT = Prompt.of("The garden fence fell on the roses yesterday.");
  private static final String GOOD = "The garden fence fell.";
  private static final String BAD = "No idea.";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    CommandLine line = Commands.commandLine(new JudgeMain());
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }

  private Path write(String name, Object... rows) {
    Path file = folder.resolve(name);
    JsonLines.write(file, List.of(rows));
    return file;
  }

  private Path labelled() {
    Path candidates =
        write(
            "candidates.jsonl",
            new Candidates("1", PROMPT, List.of(GOOD, BAD), null, List.of("sft", "base")),
            new Candidates("2", PROMPT, List.of(BAD, GOOD), null, List.of("base", "sft")));
    Path labels = folder.resolve("labels.jsonl");
    assertEquals(0, run("label", candidates, labels, "--position-bias", "0.2"), err::toString);
    return labels;
  }

  @Test
  void aReportIsPrintedAndWritten() throws Exception {
    Path people =
        write(
            "people.jsonl",
            Map.of("id", "1", "probabilityFirst", 1),
            Map.of("id", "2", "probabilityFirst", 1));
    Path labels = labelled();
    Path trust = folder.resolve("trust");
    assertEquals(
        0,
        run("report", labels, "--human", people, "--other", labels, "--out", trust),
        err::toString);
    assertTrue(out.toString().contains("people  2      50.0\u00a0%"), out::toString);
    assertTrue(out.toString().contains("in log-odds +0.333"), out::toString); // 0.2 / 0.6
    JsonNode json = Json.object(trust.resolve("judge-report.json"));
    assertEquals(0.5, json.at("/people/agreement/agree/value").doubleValue());
    assertEquals(1, json.at("/judges/0/agree/value").doubleValue());
    assertEquals(2, json.at("/authors").size());
    assertEquals("2", json.at("/disagreements/0/id").textValue());
    String html = Files.readString(trust.resolve("judge-report.html"));
    assertTrue(html.contains("Agreement with people"));
    assertEquals(5, html.split("<figure", -1).length - 1);
  }

  @Test
  void figuresCanBePrintedAsJson() throws Exception {
    Path labels = labelled();
    out.getBuffer().setLength(0);
    assertEquals(0, run("report", labels, "--json"), err::toString);
    assertEquals("rubric:general", Json.MAPPER.readTree(out.toString()).get("judge").textValue());
  }

  @Test
  void aTournamentIsPrintedAndWritten() throws Exception {
    Path a = write("a.jsonl", new Example("1", PROMPT, GOOD), new Example("2", PROMPT, BAD));
    Path b = write("b.jsonl", new Example("1", PROMPT, BAD), new Example("2", PROMPT, GOOD));
    Path c = write("c.jsonl", new Example("1", PROMPT, BAD), new Example("2", PROMPT, BAD));
    Path folderOf = folder.resolve("t");
    assertEquals(
        0, run("tournament", a, b, "third=" + c, "--out", folderOf, "--seed", "3"), err::toString);
    assertTrue(out.toString().contains("3 policies on 2 prompts"), out::toString);
    JsonNode json = Json.object(folderOf.resolve("tournament.json"));
    assertEquals("third", json.at("/ratings/2/policy").textValue());
    assertEquals(0.5, json.at("/matches/0/winRate/value").doubleValue());
    assertTrue(Files.readString(folderOf.resolve("tournament.html")).contains("Elo"));
  }

  @Test
  void compareDrawsAnInterval() {
    Path a = write("a.jsonl", new Example("1", PROMPT, GOOD), new Example("2", PROMPT, BAD));
    Path b = write("b.jsonl", new Example("1", PROMPT, GOOD), new Example("2", PROMPT, BAD));
    assertEquals(0, run("compare", a, b, "--interval", "bootstrap"), err::toString);
    assertTrue(
        out.toString().contains("win rate 50.0 % (95 % by bootstrap: 50.0 to 50.0)"),
        out::toString);
  }

  @Test
  void mistakesAreOneLine() {
    Path a = write("a.jsonl", new Example("1", PROMPT, GOOD));
    Path people = write("people.jsonl", Map.of("id", "7", "probabilityFirst", 1));
    Path labels = labelled();
    for (List<Object> wrong :
        List.of(
            List.<Object>of("report", folder.resolve("none.jsonl")),
            List.<Object>of("report", a),
            List.<Object>of("report", labels, "--human", people),
            List.<Object>of("tournament", a),
            List.<Object>of("tournament", a, a))) {
      err.getBuffer().setLength(0);
      assertEquals(2, run(wrong.toArray()), () -> wrong + ": " + err);
      assertEquals(1, err.toString().lines().count(), () -> wrong + ": " + err);
    }
  }
}
