package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;

class LabelProofTest {
  private static final JudgeConfig CONFIG = JudgeConfig.load(null, List.of("noise=0.3"));

  @TempDir private Path folder;
  private Path candidates;
  private Path file;
  private List<Preference> labels;

  @BeforeEach
  void label() {
    candidates = folder.resolve("candidates.jsonl");
    file = folder.resolve("labels.jsonl");
    List<Candidates> pairs =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    new Candidates(
                        "" + i,
                        Prompt.of("The house of number " + i + " burned down at night."),
                        List.of("The house burned.", "Number " + i + " is a house.")))
            .toList();
    JsonLines.write(candidates, pairs);
    try (Judge judge = judge()) {
      labels = new Labeler(judge).label(pairs).preferences();
      LabelProof.write(file, labels, candidates, CONFIG, judge.hash(), 5, 0);
    }
  }

  private static Judge judge() {
    return CONFIG.open(5, null, null);
  }

  /** SHA-256 by coreutils: printf '%s' DATA ROW | sha256sum, the row as written but its link. */
  @Test
  void aLinkIsTheHashOfTheOneBeforeAndTheRow() throws IOException {
    String data = AtomicFiles.sha256(candidates);
    String first = Files.readAllLines(file).get(0);
    String link = first.replaceAll(".*\"link\":\"([0-9a-f]{64})\".*", "$1");
    String without = first.replace(",\"link\":\"" + link + "\"", "");
    assertEquals(AtomicFiles.sha256((data + without).getBytes(StandardCharsets.UTF_8)), link);
  }

  @Test
  void whatWasWrittenIsWholeAndRepeated() {
    LabelProof proof = LabelProof.read(file);
    List<Preference> rows = proof.requireWhole(file);
    assertEquals(40, rows.size());
    try (Judge judge = judge()) {
      assertEquals(2, proof.requireRepeated(file, rows, judge, 0.05, 1));
      assertEquals(40, proof.requireRepeated(file, rows, judge, 1, 1));
    }
  }

  /** Every byte: those of a row by its number, those between rows by the file's hash. */
  @Test
  void oneChangedByteAnywhereIsNamed() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    int line = 1;
    int row = 1;
    for (int i = 0; i < whole.length; i++) {
      row = line;
      line += whole[i] == '\n' ? 1 : 0;
      if (i % 97 != 0) {
        continue;
      }
      byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      UserError e = assertThrows(UserError.class, () -> LabelProof.read(file).requireWhole(file));
      String message = String.valueOf(e.getMessage());
      boolean named = message.contains("label " + row + " ") || message.contains("line " + row);
      assertTrue(named || whole[i] == '\n', "byte " + i + ", row " + row + ": " + message);
    }
  }

  @Test
  void rowsThatAreMissingOrMoreAreNoticed() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(39);
    Files.write(file, lines);
    assertTrue(refusal().contains("39 labels (expected: 40"), this::refusal);
    lines.add(0, lines.get(3));
    Files.write(file, lines);
    assertTrue(refusal().contains("label 1 (3)"), this::refusal);
    Files.writeString(file, String.join("\n", Files.readAllLines(file)) + "\n\n");
    assertTrue(refusal().contains("label 1 (3)"), this::refusal);
  }

  @Test
  void bytesAroundTheRowsAreNoticed() throws IOException {
    Files.writeString(file, Files.readString(file) + "\n");
    assertTrue(refusal().contains("other bytes around the labels"), this::refusal);
  }

  private String refusal() {
    return String.valueOf(
        assertThrows(UserError.class, () -> LabelProof.read(file).requireWhole(file)).getMessage());
  }

  /**
   * All links made anew: only the judge knows. Of 100 samples of 10 %, 1 - 0.9^4 = 34 % show it.
   */
  @Test
  void aForgeryWithNewLinksIsFoundByAsking() {
    List<Preference> forged = new ArrayList<>(labels);
    for (int i = 0; i < 4; i++) {
      Preference row = labels.get(10 * i);
      forged.set(
          10 * i,
          new Preference(row.id(), row.prompt(), row.first(), row.second(), 1, row.provenance()));
    }
    int found = 0;
    try (Judge judge = judge()) {
      LabelProof.write(file, forged, candidates, CONFIG, judge.hash(), 5, 0);
      LabelProof proof = LabelProof.read(file);
      List<Preference> rows = proof.requireWhole(file);
      for (int seed = 0; seed < 100; seed++) {
        try {
          proof.requireRepeated(file, rows, judge, 0.1, seed);
        } catch (UserError e) {
          assertTrue(String.valueOf(e.getMessage()).contains(", as rubric:general says now"));
          found++;
        }
      }
    }
    assertTrue(found > 18 && found < 52, found + " of 100"); // 34 ± 3.4 standard deviations
  }

  @Test
  void anotherJudgeIsNotAskedInItsPlace() {
    LabelProof proof = LabelProof.read(file);
    List<Preference> rows = proof.requireWhole(file);
    try (Judge other = CONFIG.open(6, null, null)) {
      String message =
          assertThrows(UserError.class, () -> proof.requireRepeated(file, rows, other, 1, 1))
              .getMessage();
      assertTrue(String.valueOf(message).contains("its files have changed"), message);
    }
    Json.write(LabelProof.beside(file), List.of());
    assertThrows(UserError.class, () -> LabelProof.read(file));
  }
}
