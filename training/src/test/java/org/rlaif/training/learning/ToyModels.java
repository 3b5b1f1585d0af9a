package org.rlaif.training.learning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.model.ModelFolder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.torch.Device;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.offline.LabelledPairs;
import org.rlaif.training.offline.RewardModelFigures;
import org.rlaif.training.offline.RewardModelTraining;
import org.rlaif.training.offline.Sft;

/** The toy task's SFT policy and reward model, trained once for all tests of the jobs. */
public final class ToyModels {
  static {
    Torch.threads(1); // networks this small are slower on two
  }

  private static final Path FOLDER = temporaryFolder();
  private static final Path TOKENIZER = Toy.tokenizer(FOLDER);
  private static final Sft.Figures SFT_FIGURES = trainSft();
  private static final RewardModelFigures REWARD_FIGURES = trainReward();

  private ToyModels() {}

  public static Path tokenizerJson() {
    return TOKENIZER;
  }

  public static Path sft() {
    return FOLDER.resolve("sft/model");
  }

  public static Path reward() {
    return FOLDER.resolve("reward/model");
  }

  public static Sft.Figures sftFigures() {
    return SFT_FIGURES;
  }

  public static RewardModelFigures rewardFigures() {
    return REWARD_FIGURES;
  }

  /** A server of its own in this process, with models sft, policy (the same) and reward. */
  public static RlaifServer serve() {
    return RlaifServer.start(
        ServerConfig.inProcess(Map.of("sft", sft(), "policy", sft(), "reward", reward())));
  }

  public static RlaifClient client(RlaifServer server) {
    return RlaifClient.open("inprocess:" + server.inProcessName(), Duration.ofSeconds(60));
  }

  private static Sft.Figures trainSft() {
    return Sft.run(
        Toy.SFT,
        Toy.MODEL,
        TOKENIZER,
        new Sft.Examples(Toy.examples(400, 2), Toy.examples(50, 3), 0, 0),
        /* seed= */ 0,
        Device.CPU,
        Checkpoints.none(),
        inside("sft"));
  }

  private static RewardModelFigures trainReward() {
    try (ModelFolder start = ModelFolder.open(sft())) {
      return RewardModelTraining.run(
          Toy.REWARD,
          AdapterConfig.NONE,
          start,
          new LabelledPairs(Toy.preferences(400, 4), Toy.preferences(200, 5), 0, 0),
          /* seed= */ 0,
          Device.CPU,
          Checkpoints.none(),
          inside("reward"));
    }
  }

  private static Path inside(String name) {
    try {
      return Files.createDirectories(FOLDER.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("toy");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> AtomicFiles.deleteRecursively(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
