package org.rlaif.serving.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Incoming;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.v1.GenerateRequest;
import org.rlaif.v1.GenerateResponse;
import org.rlaif.v1.Input;
import org.rlaif.v1.RolloutRequest;
import org.rlaif.v1.RolloutResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a completion while it is sampled. */
@Command(
    name = "generate",
    description = "Asks a running server for a completion and prints it as it comes.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class GenerateCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN|NAME",
      description = "A run that the server serves, or the name of one of its policies.")
  private String runOrName;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "What to complete, or to reply to.")
  private @Nullable String prompt;

  @Option(
      names = "--model",
      defaultValue = "policy",
      description = "Which of the run's policies (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(
      names = "--samples",
      defaultValue = "1",
      description =
          "So many different completions, each below a line with its number (default: 1).")
  private int samples;

  @Option(
      names = "--logprobs",
      description =
          "A line for each token instead: its log-probability, its id and the text it adds.")
  private boolean logprobs;

  @Mixin private ChatOptions chat;

  @Mixin private SamplingOptions sampling;

  @Mixin private Client client;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    UserError.require(samples >= 1, "samples", samples, ">= 1");
    UserError.require(
        samples == 1 || !logprobs, "samples", samples, "1 if --logprobs is given, which streams");
    UserError.require(
        prompt != null || chat.haveMessages(),
        "PROMPT",
        "missing",
        "what to complete, or --messages");
    Input input = chat.prompt(prompt);
    client.ask(
        runOrName,
        model,
        (asked, name) -> {
          if (samples > 1) {
            printMany(asked, name, input);
          } else {
            printOne(asked, name, input);
          }
          return 0;
        });
    return 0;
  }

  private void printOne(RlaifClient asked, String name, Input input) {
    GenerateRequest request =
        GenerateRequest.newBuilder()
            .setModel(name)
            .setPrompt(input)
            .setSampling(sampling.message())
            .build();
    PrintWriter out = spec.commandLine().getOut();
    try (Incoming<GenerateResponse> parts = asked.generateStream(request)) {
      while (parts.hasNext()) {
        GenerateResponse part = parts.next();
        out.print(logprobs ? lines(part) : part.getText());
        out.flush();
      }
    }
    if (!logprobs) {
      out.println();
    }
    out.flush();
  }

  private void printMany(RlaifClient asked, String name, Input input) {
    RolloutRequest request =
        RolloutRequest.newBuilder()
            .setModel(name)
            .addPrompts(input)
            .setSamples(samples)
            .setSampling(sampling.message())
            .build();
    PrintWriter out = spec.commandLine().getOut();
    List<RolloutResponse> completions = asked.rollout(request);
    for (RolloutResponse each : completions) {
      out.printf("--- %d of %d%n%s%n", each.getSampleIndex() + 1, samples, each.getText());
    }
    out.flush();
  }

  /** The last part has no token, only text that was held back. */
  private static String lines(GenerateResponse part) {
    if (part.getTokenIdsCount() == 0) {
      return part.getText().isEmpty() ? "" : "\t\t" + quoted(part.getText()) + "\n";
    }
    String text = part.getText().isEmpty() ? "" : quoted(part.getText());
    return String.format(
        Locale.ROOT, "%.4f\t%d\t%s\n", part.getLogprobs(0), part.getTokenIds(0), text);
  }

  private static String quoted(String text) {
    try {
      return Json.MAPPER.writeValueAsString(text);
    } catch (JsonProcessingException e) { // any text can be written
      throw new IllegalStateException(e);
    }
  }
}
