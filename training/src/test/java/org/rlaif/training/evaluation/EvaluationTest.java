package org.rlaif.training.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Answer;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Question;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.Json;
import org.rlaif.kit.JsonLines;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.training.config.EvaluationConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.rewards.ModelReward;
import org.rlaif.training.rewards.RewardKind;
import org.rlaif.training.run.StageRecord;

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

  /** The reward model of the toy task likes what the gold score likes. */
  @Test
  void theBestOfMoreIsBetter() {
    EvaluationFigures figures = run(GOLD, "policy", List.of(1, 2, 8));
    List<BestOfN.Figures> bestOf = figures.bestOf();
    assertEquals(List.of(1, 2, 8), bestOf.stream().map(BestOfN.Figures::n).toList());
    assertEquals(0, bestOf.get(0).kl());
    assertEquals(Math.log(8) - 7.0 / 8, bestOf.get(2).kl(), 1e-12);
    assertEquals(0.5, bestOf.get(0).winRate(), 0.08, figures.toString());
    for (int i = 1; i < 3; i++) {
      assertTrue(bestOf.get(i).winRate() > bestOf.get(i - 1).winRate(), figures.toString());
      assertTrue(bestOf.get(i).gold() > bestOf.get(i - 1).gold(), figures.toString());
      assertTrue(bestOf.get(i).score() > bestOf.get(i - 1).score(), figures.toString());
    }
    assertTrue(bestOf.get(2).winRateLow() > 0.6, figures.toString());
    assertEquals(bestOf, run(GOLD, "policy", List.of(1, 2, 8)).bestOf(), "the same seed");
    EvaluationFigures without = run(GOLD, "policy");
    ObjectNode json = Json.MAPPER.valueToTree(without);
    assertFalse(json.has("bestOf"), json.toString());
    var record = new StageRecord("evaluate", "", 0, json, null, null);
    assertEquals(without, record.figures(EvaluationFigures.class));
  }

  @Test
  void aJudgeSaysWhatTheBestOfNIsWorth() {
    List<BestOfN.Figures> bestOf =
        run(new Comparer.ByJudge(new AlwaysFirst()), "policy", List.of(4)).bestOf();
    assertEquals(0.5, bestOf.get(0).winRate());
    assertNull(bestOf.get(0).gold());
  }

  private EvaluationFigures run(Comparer comparer, String policyName) {
    return run(comparer, policyName, List.of());
  }

  private EvaluationFigures run(Comparer comparer, String policyName, List<Integer> bestOf) {
    try (ModelFolder sft = ModelFolder.open(ToyModels.sft());
        RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server)) {
      return Evaluation.run(
          new EvaluationConfig(60, 1, 8, EvaluationConfig.By.GOLD, "", bestOf),
          new EvaluatedModels(
              sft,
              sft,
              client,
              new EvaluatedModels.Names("sft", policyName),
              new ModelReward(1).open(new RewardKind.Server(client, List.of("reward")))),
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
