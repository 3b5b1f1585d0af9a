package org.rlaif.serving.grpc;

import com.google.common.primitives.Ints;
import io.grpc.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.ChatPrompt;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.EncodedPrompt;
import org.rlaif.model.text.TextPrompt;
import org.rlaif.serving.engine.Loaded;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.score.ScoringItem;
import org.rlaif.v1.Chat;
import org.rlaif.v1.Input;

/**
 * The prompts of one call with what answers them, in tokens. Token ids are taken as they are, never
 * tokenised again; text and chats are the model's to tokenise, each completion behind its prompt.
 *
 * <p>Nothing that could not fit the context is tokenised, nor anything for a call that has ended.
 * Whoever sends a chat lets the server write it down once more for every completion that is text,
 * so a call may ask for {@value #MOST_CHARACTERS} characters of that and no more.
 */
final class Prompts {
  static final int MOST_CHARACTERS = 1 << 24;

  /** A message, and any text, costs something however little it says. */
  private static final int CHARACTERS_PER_MESSAGE = 64;

  private static final Set<String> ROLES = Set.of(Message.SYSTEM, Message.USER, Message.ASSISTANT);

  private final Loaded loaded;
  private final BooleanSupplier ended = Context.current()::isCancelled;
  private long characters;

  /** What is being tokenised, in errors. */
  private String name = "";

  /** Why it was not tokenised to its end; null if it was. */
  private @Nullable UserError tooLong;

  Prompts(Loaded loaded) {
    this.loaded = loaded;
  }

  /** Text begins with the beginning token, a chat as its template says. */
  Prompt of(String name, Input input) {
    this.name = name;
    if (!input.hasChat()) {
      spend(name, CHARACTERS_PER_MESSAGE);
    }
    return switch (input.getFormCase()) {
      case TEXT -> {
        loaded.rules().text(name, input.getTextBytes().size());
        yield new Prompt(TextPrompt.of(loaded.tokenizer(), input.getText(), this::watch), false);
      }
      case TOKENS -> {
        int[] ids = Ints.toArray(input.getTokens().getIdsList());
        loaded.rules().prompt(name, ids);
        yield new Prompt(TextPrompt.of(loaded.tokenizer(), ids, this::watch), false);
      }
      case CHAT -> new Prompt(chat(name, input.getChat()), true);
      case FORM_NOT_SET -> throw UserError.expected(name, "none", "text, tokens or a chat");
    };
  }

  private void watch(int tokens) {
    Refusal.ifCancelled(ended);
    try {
      loaded.rules().part(name, tokens);
    } catch (UserError e) {
      tooLong = e;
      throw e;
    }
  }

  private EncodedPrompt chat(String name, Chat chat) {
    ChatTemplate template = loaded.chatTemplate();
    if (template == null) {
      throw UserError.expected(
          name,
          "a chat",
          loaded.templateFault() == null
              ? "text or tokens; " + loaded.name() + " has no chat template"
              : "text or tokens; the template of %s is not understood: %s"
                  .formatted(loaded.name(), shortened(loaded.templateFault())));
    }
    UserError.require(chat.getMessagesCount() > 0, name + ".chat.messages", 0, "at least one");
    List<Message> messages = new ArrayList<>(chat.getMessagesCount());
    long bytes = 0;
    for (org.rlaif.v1.Message each : chat.getMessagesList()) {
      UserError.require(
          ROLES.contains(each.getRole()),
          name + ".chat.messages[" + messages.size() + "].role",
          each.getRole().isEmpty() ? "\"\"" : shortened(each.getRole()),
          "system, user or assistant");
      bytes += each.getContentBytes().size();
      loaded.rules().text(name + ".chat", bytes);
      messages.add(new Message(each.getRole(), each.getContent()));
      spend(name, CHARACTERS_PER_MESSAGE + each.getContent().length());
    }
    try {
      return new ChatPrompt(loaded.tokenizer(), template, messages, this::watch);
    } catch (UserError e) {
      String roles = messages.stream().map(Message::role).collect(Collectors.joining(", "));
      throw e == tooLong
          ? e
          : refused(name + ".chat", shortened(roles), "what the template takes", e);
    }
  }

  private void spend(String name, long more) {
    characters += more;
    UserError.require(
        characters <= MOST_CHARACTERS,
        name,
        characters + " characters to write down so far",
        "at most " + MOST_CHARACTERS + " in one call");
  }

  private UserError refused(String name, String value, String expectation, UserError cause) {
    String why = shortened(String.valueOf(cause.getMessage()));
    return new UserError(
        "%s: %s (expected: %s of %s; %s)".formatted(name, value, expectation, loaded.name(), why),
        cause);
  }

  /** What a caller wrote may be long, and statuses travel in headers. */
  private static String shortened(String text) {
    return text.length() <= 400 ? text : text.substring(0, 400) + "...";
  }

  /** A prompt in tokens, and the way from what answers it to tokens. */
  final class Prompt {
    private final EncodedPrompt encoded;
    private final boolean chat;

    private Prompt(EncodedPrompt encoded, boolean chat) {
      this.encoded = encoded;
      this.chat = chat;
    }

    int[] ids() {
      return encoded.ids();
    }

    /** Beginnings of completions: text without an end. */
    List<int[]> beginnings(String name, List<Input> inputs) {
      for (int i = 0; i < inputs.size(); i++) {
        spend(name + "[" + i + "]", inputs.get(i)); // for all, before the first is written down
      }
      List<int[]> beginnings = new ArrayList<>(inputs.size());
      for (int i = 0; i < inputs.size(); i++) {
        String each = name + "[" + i + "]";
        beginnings.add(completion(each, inputs.get(i), encoded::encodeBeginning));
      }
      return beginnings;
    }

    /** A whole completion: text ends with the end-of-text token, or as a chat's template says. */
    ScoringItem whole(String name, Input input) {
      spend(name, input);
      int[] completion = completion(name, input, encoded::encodeWhole);
      loaded.rules().completion(name, ids(), completion);
      return new ScoringItem(ids(), completion);
    }

    private void spend(String name, Input completion) {
      if (completion.hasText()) {
        loaded.rules().text(name, completion.getTextBytes().size());
        int said = chat ? completion.getText().length() : 0;
        Prompts.this.spend(name, encoded.length() + CHARACTERS_PER_MESSAGE + said);
      }
    }

    private int[] completion(String name, Input input, Function<String, int[]> tokens) {
      Prompts.this.name = name;
      return switch (input.getFormCase()) {
        case TEXT -> text(name, input.getText(), tokens);
        case TOKENS -> Ints.toArray(input.getTokens().getIdsList());
        case CHAT -> throw UserError.expected(name, "a chat", "text or tokens");
        case FORM_NOT_SET -> throw UserError.expected(name, "neither", "text or tokens");
      };
    }

    private int[] text(String name, String text, Function<String, int[]> tokens) {
      try {
        return tokens.apply(text);
      } catch (UserError e) {
        throw e == tooLong || !chat ? e : refused(name, "text", "token ids after this chat", e);
      }
    }
  }
}
