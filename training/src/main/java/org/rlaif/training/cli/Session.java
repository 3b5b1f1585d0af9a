package org.rlaif.training.cli;

import io.grpc.StatusRuntimeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.CallFailure;
import org.rlaif.kit.Interruption;
import org.rlaif.kit.UserError;
import org.rlaif.torch.Compute;
import org.rlaif.torch.Device;
import org.rlaif.torch.Torch;
import org.rlaif.training.checkpoint.Stopped;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.config.TrainingPrecision;
import org.rlaif.training.run.Pipeline;
import org.rlaif.training.run.Plan;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.run.Servers;
import org.rlaif.training.run.Stage;
import org.rlaif.training.stages.Stages;
import picocli.CommandLine.Model.CommandSpec;

/** One command's work on one run. */
final class Session {
  private static final String GO_ON = "the same command goes on from there";

  private final RunConfig config;
  private final RunFolder folder;
  private final List<Stage<?>> stages;
  private final Run run;
  private final String command;
  private final CommandSpec typed;
  private final PrintWriter out;

  /**
   * @param typed the command, as it was typed
   */
  Session(RunConfig config, Path runs, CommandSpec typed) {
    this.config = config;
    this.folder = RunFolder.of(runs, config.name());
    this.stages = Stages.of(config);
    this.run = Stages.run(config, folder, stages);
    this.command = command(typed);
    this.typed = typed;
    this.out = typed.commandLine().getOut();
  }

  /** For people to read and, with quotes where a shell wants them, to paste. */
  private static String command(CommandSpec typed) {
    return "./rlaif "
        + typed.root().commandLine().getParseResult().originalArgs().stream()
            .map(
                word ->
                    word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
  }

  /** Copies stages that another run has finished with the same settings. */
  void borrow(RunFolder other) {
    new Pipeline(run, stages).borrow(other);
  }

  /**
   * Runs the stages that are not finished.
   *
   * @param only this stage; null: all
   * @param replace whether finished results may be discarded
   */
  void run(@Nullable String only, boolean replace) {
    RunContext context = context();
    int threads = useThreads(config);
    Device device = context.device();
    out.printf("device     %s, %d threads, %s%n", device, threads, device.compute().label());
    out.printf("run        %s%n", folder.typed());
    out.flush();
    Pipeline pipeline = new Pipeline(run, stages);
    try (Interruption told = Interruption.says("rlaif", GO_ON)) {
      if (only == null) {
        pipeline.run(context, out, replace, command);
      } else {
        pipeline.runOnly(only, context, out, replace);
      }
    } catch (Stopped e) {
      Interruption.awaitEnd();
    } catch (StatusRuntimeException e) {
      throw CallFailure.explained(e, UserError::new); // what a server refuses is the user's to mend
    }
  }

  /** Prints what has come of the run. */
  void sumUp() {
    Summary.print(run, stages, out);
  }

  /** Says what would run, or refuses what would not. */
  void plan() {
    context(); // the device has to be there
    Plan.print(run, stages, out);
    out.flush();
  }

  Run run() {
    return run;
  }

  PrintWriter out() {
    return out;
  }

  /** Of another run by the same command. */
  Session another(RunConfig other, Path runs) {
    return new Session(other, runs, typed);
  }

  private RunContext context() {
    Servers servers =
        config.server().isEmpty()
            ? new InProcessServers(config.threads())
            : RemoteServers.of(config.server(), config.serverTls(), System.getenv(), config.name());
    return new RunContext(run, servers, device(config));
  }

  /** Where a run trains, and what it multiplies in. */
  static Device device(RunConfig config) {
    boolean isRounded = config.precision() == TrainingPrecision.BF16;
    Compute compute = isRounded ? Compute.BF16 : Compute.FP32;
    return new Device(config.device(), compute, config.activationCheckpointing());
  }

  /** Has LibTorch compute on as many threads as a run says; returns how many. */
  static int useThreads(RunConfig config) {
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    Torch.threads(threads);
    return threads;
  }
}
