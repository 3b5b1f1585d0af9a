package org.rlaif.training.rollouts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Example;
import org.rlaif.kit.JsonLines;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.training.config.CandidatesConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;

class CandidateSamplingTest {
  @TempDir private Path out;

  @Test
  void writesAllCandidatesInTheOrderOfThePrompts() throws Exception {
    List<Example> prompts = Toy.examples(200, 10);
    CandidateSampling.Figures figures = run(prompts, 0, out);
    List<Candidates> rows = JsonLines.read(out.resolve("candidates.jsonl"), Candidates.class);
    assertEquals(150, rows.size());
    assertEquals(450, figures.sequences());
    long words = 0;
    Tokenizer tokenizer = Tokenizer.open(ToyModels.tokenizerJson());
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(prompts.get(i).id(), rows.get(i).id());
      assertEquals(prompts.get(i).prompt(), rows.get(i).prompt());
      assertEquals(3, rows.get(i).completions().size());
      List<List<Integer>> tokens = Objects.requireNonNull(rows.get(i).tokens());
      for (int k = 0; k < 3; k++) {
        int[] ids = tokens.get(k).stream().mapToInt(Integer::intValue).toArray();
        assertEquals(rows.get(i).completions().get(k), tokenizer.decodeBehind(new int[] {3}, ids));
        assertTrue(ids[ids.length - 1] == tokenizer.eosId() || ids.length == 8);
      }
      words += rows.get(i).completions().stream().filter(c -> c.matches("( yes| no)+")).count();
    }
    assertTrue(words > 400, words + " of 450 completions are what the policy has learned");
    assertTrue(figures.endedFraction() > 0.9, figures.toString());
  }

  @Test
  void sameSeedSameCandidates() throws Exception {
    List<Example> prompts = Toy.examples(20, 10);
    List<Candidates> once = candidates(prompts, 1, "once");
    assertEquals(once, candidates(prompts, 1, "again"));
    assertNotEquals(once, candidates(prompts, 2, "other"));
  }

  private List<Candidates> candidates(List<Example> prompts, long seed, String name)
      throws Exception {
    Path folder = Files.createDirectories(out.resolve(name));
    run(prompts, seed, folder);
    return JsonLines.read(folder.resolve("candidates.jsonl"), Candidates.class);
  }

  private static CandidateSampling.Figures run(List<Example> prompts, long seed, Path folder) {
    try (RlaifServer server = ToyModels.serve();
        RlaifClient client = ToyModels.client(server);
        ModelFolder sft = ModelFolder.open(ToyModels.sft())) {
      return CandidateSampling.run(
          new CandidatesConfig(150, 3, 1, 8),
          client,
          "sft",
          PromptEncoder.of(sft),
          prompts,
          /* tooLong= */ 0,
          seed,
          folder);
    }
  }
}
