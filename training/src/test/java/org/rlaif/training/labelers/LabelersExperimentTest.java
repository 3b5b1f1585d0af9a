package org.rlaif.training.labelers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.client.RlaifClient;
import org.rlaif.judge.Question;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Device;
import org.rlaif.training.labelers.Findings.Swaps;
import org.rlaif.training.labelers.Findings.Way;
import org.rlaif.training.run.Servers;
import org.rlaif.training.run.Servers.Serving;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.Post;
import org.rlaif.training.tldr.ReferenceMix;
import org.rlaif.training.tldr.Split;
import org.rlaif.training.tldr.TldrWorld;

class LabelersExperimentTest {
  private static final Facts FACTS =
      new Facts("Mara", "sister", "broke", "camera", "three weeks", "wait", List.of(), List.of());

  @TempDir Path folder;

  @Test
  void aPairSaysWhoIsBetterAndWhy() {
    Candidates candidates =
        new Candidates(
            "a",
            Prompt.of("A post.\nTL;DR:"),
            List.of(" My sister did something bad.", " My sister Mara did something bad."));
    GoldPair pair = GoldPair.of(List.of(candidates), Map.of("a", FACTS)).get(0);
    assertEquals(
        "1 has right relation, wrong nothing. 2 has right name, relation, wrong nothing."
            + " 2 is better.",
        pair.why());
    assertEquals(1, pair.exemplar(true).better() - 1);
    assertTrue(pair.swapped().firstIsBetter());
    assertEquals(
        new Question(
            "A post.\nTL;DR:",
            " My sister Mara did something bad.",
            " My sister did something bad."),
        pair.swapped().question());
    // (0.5 + 2) / 7.3 of nine steps are 3.08, (1.5 + 2) / 7.3 are 4.3.
    assertEquals(List.of(4, 5), pair.grades());
    assertEquals(10, GoldPair.grade(5.3));
    assertEquals(1, GoldPair.grade(-7));
  }

  /** The first, third and fifth of the extremes are taken for their opposites. */
  @Test
  void whatWasSwappedIsNearerToTheOtherEnd() {
    int[] grades = {10, 10, 1, 1, 10, 5, 10};
    double[] values = {0.9, -0.2, -0.5, -0.1, -0.3, 0.9, Double.NaN};
    assertEquals(new Swaps(3, 2, 2, 1), Asking.swaps(grades, values));
  }

  /** Taught for a few steps: every way is asked, and the same seed finds the same. */
  @Test
  void everyWayIsAsked() throws Exception {
    List<Post> poor = new TldrWorld(0).posts(Split.TRAIN, 40);
    List<Post> good = new TldrWorld(0, ReferenceMix.PERFECT).posts(Split.TRAIN, 40);
    List<Candidates> candidates = new ArrayList<>();
    Map<String, Facts> facts = new HashMap<>();
    for (int i = 0; i < poor.size(); i++) {
      Post post = poor.get(i);
      String best = good.get(i).completion();
      boolean first = i % 2 == 0;
      candidates.add(
          new Candidates(
              post.id(),
              Prompt.of(post.prompt()),
              first ? List.of(best, post.completion()) : List.of(post.completion(), best)));
      facts.put(post.id(), post.facts());
    }
    Findings found = experiment("one").run("small", candidates, facts, 3);
    assertEquals(8, found.ways().size());
    assertEquals("base, 0-shot", found.ways().get(0).asked());
    assertEquals("detailed, 2-shot, rationale", found.ways().get(7).asked());
    for (Way way : found.ways()) {
      assertTrue(way.alignment() >= 0 && way.alignment() <= 1, way.toString());
      assertTrue(way.answered() >= 5 && way.answered() <= 10, way.toString());
    }
    assertTrue(found.rating().alignment() >= 0, found.toString());
    assertEquals(found, Json.read(folder.resolve("one/small/findings.json"), Findings.class));
    assertEquals(found, experiment("two").run("small", candidates, facts, 3));
    Files.delete(folder.resolve("one/small/model/model.safetensors"));
    assertEquals(found, experiment("one").run("small", candidates, facts, 3), "kept");
  }

  private LabelersExperiment experiment(String name) {
    Servers servers =
        (models, weights, prompts) -> {
          RlaifServer server = RlaifServer.start(ServerConfig.inProcess(models).threads(1));
          Function<Duration, RlaifClient> clients =
              limit -> RlaifClient.open("inprocess:" + server.inProcessName(), limit);
          RlaifClient client = clients.apply(Duration.ofMinutes(1));
          return new Serving(
              client,
              clients,
              () -> {
                client.close();
                server.close();
              });
        };
    return new LabelersExperiment(servers, Device.CPU, folder.resolve(name));
  }
}
