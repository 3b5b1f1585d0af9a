package org.rlaif.serving.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Input;
import org.rlaif.v1.ScoreRequest;
import org.rlaif.v1.ScoreRequest.Item;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a reward model thinks of completions. */
@Command(
    name = "score",
    description = {
      "Asks a running server for the scores of completions.",
      "Without --completion, reads JSON Lines from standard input, of prompt (text, or an array of",
      "{role, content}) and completion, and prints one score per line."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class ScoreCommand implements Callable<Integer> {
  /** Lines that are sent together; scores are printed as soon as they are there. */
  private static final int BATCH = 64;

  @Parameters(
      paramLabel = "RUN|NAME",
      description = "A run that the server serves, or the name of one of its reward models.")
  private String runOrName;

  @Option(
      names = "--model",
      defaultValue = "reward",
      description = "Which of the run's reward models (default: ${DEFAULT-VALUE}).")
  private String model;

  @Option(names = "--prompt", description = "What was asked.")
  private @Nullable String prompt;

  @Option(names = "--completion", description = "What was written.")
  private @Nullable String completion;

  @Mixin private ChatOptions chat;

  @Mixin private Client client;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    boolean asked = prompt != null || chat.haveMessages();
    boolean fits = completion == null ? prompt == null : asked;
    UserError.require(
        fits,
        asked ? "--completion" : "--prompt",
        "missing",
        "both --prompt and --completion, or neither and JSON Lines on standard input");
    return client.ask(
        runOrName,
        model,
        (server, name) -> {
          if (completion != null) {
            print(server, name, List.of(item(chat.prompt(prompt), completion)));
          } else {
            readAll(server, name);
          }
          return 0;
        });
  }

  private void readAll(RlaifClient asked, String name) {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<Item> batch = new ArrayList<>();
    int number = 0;
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          batch.add(parse(line, number));
        }
        if (batch.size() == BATCH) {
          print(asked, name, batch);
          batch.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!batch.isEmpty()) {
      print(asked, name, batch);
    } else {
      UserError.require(number > 0, "standard input", "empty", "JSON Lines");
    }
  }

  private void print(RlaifClient asked, String name, List<Item> items) {
    ScoreRequest request = ScoreRequest.newBuilder().setModel(name).addAllItems(items).build();
    PrintWriter out = spec.commandLine().getOut();
    asked.score(request).getScoresList().forEach(out::println);
    out.flush();
  }

  private Item parse(String line, int number) {
    JsonNode row;
    try {
      row = Json.MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UserError(place(number) + ": " + Json.describe(e), e);
    }
    String completion = text(row, "completion", number);
    JsonNode asked = row.path("prompt");
    return asked.isArray()
        ? item(chat.prompt(Message.list(place(number) + ", prompt", asked), null), completion)
        : item(chat.prompt(text(row, "prompt", number)), completion);
  }

  private static String text(JsonNode row, String key, int number) {
    JsonNode value = row.path(key);
    UserError.require(
        value.isTextual(),
        place(number) + ", " + key,
        value.isMissingNode() ? "missing" : value,
        "text");
    return value.asText();
  }

  private static String place(int number) {
    return "standard input, line " + number;
  }

  private static Item item(Input prompt, String completion) {
    return Item.newBuilder().setPrompt(prompt).setCompletion(RlaifClient.text(completion)).build();
  }
}
