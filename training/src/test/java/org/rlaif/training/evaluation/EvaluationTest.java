package org.rlaif.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Answer;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Question;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.JsonLines;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class EvaluationTest {
  private static final Comparer GOLD =
      new Comparer.ByScore("toy", (id, completion) -> Toy.gold(completion));

  @TempDir private Path out;

  @Test
  void aPolicyIsAsGoodAsItself() {
    // The same weights under both names, and the same seeds: the same completions.
    EvaluationFigures figures = run(GOLD, "policy");
    WinRate rate = figures.winRate().policyVsSft();
    assertEquals(0.5, rate.value());
    assertEquals(60, rate.ties());
    assertEquals(60, rate.n());
    assertEquals(0, figures.kl(), 1e-4);
    List<Sample> samples = JsonLines.read(out.resolve("samples.jsonl"), Sample.class);
    assertEquals(60, samples.size());
    for (Sample sample : samples) {
      assertEquals(sample.sft(), sample.policy());
      assertEquals(Toy.gold(sample.policy()), sample.gold().policy());
      assertEquals(sample.score().sft(), sample.score().policy());
    }
  }

  @Test
  void winRateAgainstTheReferencesIsThatOfTheGoldScores() {
    EvaluationFigures figures = run(GOLD, "policy");
    double points = 0;
    for (Sample sample : JsonLines.read(out.resolve("samples.jsonl"), Sample.class)) {
      double difference = Toy.gold(sample.policy()) - Toy.gold(sample.reference());
      points += difference == 0 ? 0.5 : difference > 0 ? 1 : 0;
    }
    assertEquals(points / 60, figures.winRate().policyVsReference().value(), 1e-9);
  }

  @Test
  void anyJudgeCanCompare() {
    EvaluationFigures figures = run(new Comparer.ByJudge(new AlwaysFirst()), "policy");
    // Both orders cancel what it adds for the position.
    assertEquals(0.5, figures.winRate().policyVsReference().value());
    assertEquals("first", figures.judge());
    assertNull(figures.gold());
    List<Sample> samples = JsonLines.read(out.resolve("samples.jsonl"), Sample.class);
    assertTrue(samples.stream().allMatch(sample -> sample.gold() == null));
  }

  private EvaluationFigures run(Comparer comparer, String policyName) {
    try (ModelFolder sft = ModelFolder.open(ToyModels.sft());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      return Evaluation.run(
          new EvaluationConfig(60, 1, 8, EvaluationConfig.By.GOLD),
          new EvaluatedModels(
              sft, sft, client, new EvaluatedModels.Names("sft", policyName, "reward")),
          Toy.examples(100, 11),
          /* tooLong= */ 0,
          comparer,
          /* seed= */ 0,
          Device.CPU,
          out);
    }
  }

  private record AlwaysFirst() implements Judge {
    @Override
    public Answer ask(Question question) {
      return Answer.of(1);
    }

    @Override
    public String name() {
      return "first";
    }

    @Override
    public String hash() {
      return "";
    }
  }
}
