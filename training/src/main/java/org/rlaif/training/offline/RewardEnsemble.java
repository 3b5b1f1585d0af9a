package org.rlaif.training.offline;

import com.fasterxml.jackson.databind.DeserializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.rlaif.kit.Json;
import org.rlaif.model.ModelFolder;
import org.rlaif.torch.Device;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Pairs;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.learning.TrainableModel;

/**
 * Reward models that differ by their seed, and so by their head's first weights and the order of
 * the preferences: Coste et al. 2023 (arXiv 2310.02743). They are trained one after the other, each
 * into a folder of its own, and the first is the reward model that a run without an ensemble has.
 *
 * <p>A checkpoint counts the steps of all members, so that it says whose it is. Those before have
 * finished: their models and figures are among the outputs that came with it.
 *
 * @param steps of each member
 * @param checkpoints what it goes on from, and saves
 * @param out the folder of all
 */
record RewardEnsemble(int members, int steps, long seed, Checkpoints checkpoints, Path out) {

  /** Trains one member. */
  interface Training {
    /**
     * @param offset steps of the members before
     * @param out the member's folder
     */
    RewardModelFigures train(long seed, long offset, Path out);
  }

  /** The first member's figures, with those of all, and their seconds. */
  RewardModelFigures train(Training training, Pairs heldOut, Device device) {
    List<RewardModelFigures> figures = train(training);
    Map<String, Double> seconds = new TreeMap<>();
    figures.forEach(
        each -> each.seconds().forEach((part, s) -> seconds.merge(part, s, Double::sum)));
    List<PreferenceFigures> alone = figures.stream().map(RewardModelFigures::heldOut).toList();
    return figures.get(0).of(EnsembleFigures.of(scores(heldOut, device), heldOut, alone), seconds);
  }

  private List<RewardModelFigures> train(Training training) {
    long finished = checkpoints.newest().map(at -> at.step() / steps).orElse(0L);
    List<RewardModelFigures> all = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      Path noted = out.resolve("members").resolve(i + ".json");
      if (i < finished) {
        all.add(read(noted));
        continue;
      }
      long own = i == 0 ? seed : Seeds.of(seed, "member", i);
      RewardModelFigures figures = training.train(own, (long) i * steps, folder(i));
      Json.write(noted, figures);
      all.add(figures);
      if (i + 1 < members) { // the end is a moment away
        checkpoints.after((i + 1L) * steps, Map::of, nothing -> {});
      }
    }
    return all;
  }

  /** Figures over nothing are not there. */
  private static RewardModelFigures read(Path noted) {
    try {
      return Json.MAPPER
          .readerFor(RewardModelFigures.class)
          .without(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .readValue(noted.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path folder(int member) {
    try {
      Files.createDirectories(out.resolve("members"));
      return Files.createDirectories(RewardConfig.member(out, member));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By each member, its own mean and deviation taken out. */
  private List<double[]> scores(Pairs pairs, Device device) {
    List<ModelFolder> folders = new ArrayList<>();
    try {
      for (int i = 0; i < members; i++) {
        folders.add(ModelFolder.open(RewardConfig.member(out, i).resolve("model")));
      }
      List<double[]> scores =
          TrainableModel.ask(folders, device, network -> Forward.scores(network, pairs.all()));
      for (int i = 0; i < members; i++) {
        double[] each = scores.get(i);
        for (int completion = 0; completion < each.length; completion++) {
          each[completion] = folders.get(i).scoreScale().apply(each[completion]);
        }
      }
      return scores;
    } finally {
      folders.forEach(ModelFolder::close);
    }
  }
}
