package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

class EnsembleTest {
  private static final Question CLEAR = new Question("p", "good", "bad");
  private static final Question CLOSE = new Question("p", "good", "fair");

  /** 0.9 where the one that is shown first is good and the other bad, 0.1 the other way round. */
  private static RuleJudge cheap() {
    return new RuleJudge(
        q -> Answer.of(q.first().equals("bad") ? 0.1 : q.second().equals("bad") ? 0.9 : 0.6));
  }

  private static RuleJudge dear() {
    return new RuleJudge(q -> Answer.of(q.first().equals("good") ? 0.8 : 0.2));
  }

  private static List<Double> labels(Ensemble ensemble) {
    return BothOrders.compareAll(ensemble, List.of(CLEAR, CLOSE)).stream()
        .map(Verdict::probabilityFirst)
        .toList();
  }

  /** Cheap: 0.9 and (0.6 + 0.4) / 2 = 0.5; dear: 0.8 and 0.8. */
  @Test
  void theMeanOfAll() {
    RuleJudge cheap = cheap();
    RuleJudge dear = dear();
    var ensemble = new Ensemble(List.of(cheap, dear), null);
    List<Double> labels = labels(ensemble);
    assertEquals(0.85, labels.get(0), 1e-12);
    assertEquals(0.65, labels.get(1), 1e-12);
    assertEquals(4, cheap.asked.size());
    assertEquals(4, dear.asked.size());
    assertEquals(
        List.of("members agree on 100.0 % of 1 pairs that both decided"), ensemble.remarks());
  }

  /** The dear one is asked where the cheap one is within 0.2 of even, in both orders. */
  @Test
  void theDearOneIsAskedWhereTheCheapOneIsUnsure() {
    RuleJudge dear = dear();
    var ensemble = new Ensemble(List.of(cheap(), dear), 0.2);
    List<Double> labels = labels(ensemble);
    assertEquals(0.9, labels.get(0), 1e-12);
    assertEquals(0.8, labels.get(1), 1e-12);
    assertEquals(List.of(CLOSE, CLOSE.swapped()), dear.asked);
    assertTrue(
        ensemble.remarks().get(0).contains("was asked about 1 of 2 pairs"),
        () -> ensemble.remarks().toString());
  }

  @Test
  void whoCannotAnswerDoesNotCount() {
    var silent = new RuleJudge(q -> Answer.none("too long"));
    assertEquals(
        0.8, new Ensemble(List.of(silent, dear()), null).ask(CLEAR).probabilityFirst(), 1e-12);
    assertEquals("too long", new Ensemble(List.of(silent, silent), null).ask(CLEAR).rationale());
  }

  @Test
  void membersAreFiles(@TempDir Path folder) throws IOException {
    Path one = Files.writeString(folder.resolve("one.yaml"), "kind: rubric\nrubric: tldr\n");
    Path two = Files.writeString(folder.resolve("two.yaml"), "kind: rubric\nnoise: 0.5\n");
    JudgeConfig config = config(one, two);
    Object before = config.decisive();
    try (Judge judge = config.open(1, null, folder.resolve("answers"))) {
      assertEquals("ensemble:rubric:tldr+rubric:general", judge.name());
    }
    assertTrue(config.chosen().canBeAskedAgain());
    Files.writeString(two, "kind: rubric\nnoise: 0.6\n");
    assertNotEquals(before, config.decisive());

    Files.writeString(two, "kind: model\nmodel: sft\n");
    String message = assertThrows(UserError.class, () -> config.open(1, null, null)).getMessage();
    assertTrue(message.startsWith(two + ": address: null (expected: host:port"), message);
    Files.writeString(two, "kind: ensemble\n");
    message = assertThrows(UserError.class, () -> config.open(1, null, null)).getMessage();
    assertEquals(two + ": kind: ensemble (expected: another kind)", message);
  }

  private static JudgeConfig config(Path one, Path two) {
    return JudgeConfig.load(
        null, List.of("kind=ensemble", "members=[\"" + one + "\",\"" + two + "\"]"));
  }
}
