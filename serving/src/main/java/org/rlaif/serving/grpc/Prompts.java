package org.rlaif.serving.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.model.ChatPrompt;
import org.rlaif.model.ChatTemplate;
import org.rlaif.model.Tokenizer;
import org.rlaif.serving.engine.Loaded;
import org.rlaif.v1.Chat;
import org.rlaif.v1.Input;

/**
 * The prompts of one call with what answers them, in tokens. Token ids are taken as they are, never
 * tokenised again; text and chats are the model's to tokenise.
 *
 * <p>Whoever sends a chat lets the server write it down once more for every completion that is
 * text, so a call may ask for {@value #MOST_CHARACTERS} characters of that and no more.
 */
final class Prompts {
  static final int MOST_CHARACTERS = 1 << 24;

  /** A message costs something however little it says. */
  private static final int CHARACTERS_PER_MESSAGE = 64;

  private static final Set<String> ROLES = Set.of(Message.SYSTEM, Message.USER, Message.ASSISTANT);

  private final String model;
  private final Tokenizer tokenizer;
  private final @Nullable ChatTemplate template;
  private long characters;

  Prompts(Loaded loaded) {
    this.model = loaded.name();
    this.tokenizer = loaded.tokenizer();
    this.template = loaded.chatTemplate();
  }

  /** Text begins with the beginning token, a chat as its template says. */
  Prompt of(String name, Input input) {
    return switch (input.getFormCase()) {
      case TEXT -> new Prompt(tokenizer.encodePrompt(input.getText()), null);
      case TOKENS -> new Prompt(Inputs.ids(input.getTokens()), null);
      case CHAT -> chat(name, input.getChat());
      case FORM_NOT_SET -> throw UserError.expected(name, "none", "text, tokens or a chat");
    };
  }

  private Prompt chat(String name, Chat chat) {
    if (template == null) {
      throw UserError.expected(
          name, "a chat", "text or tokens; " + model + " has no chat template");
    }
    UserError.require(chat.getMessagesCount() > 0, name + ".chat.messages", 0, "at least one");
    List<Message> messages = new ArrayList<>(chat.getMessagesCount());
    for (org.rlaif.v1.Message each : chat.getMessagesList()) {
      UserError.require(
          ROLES.contains(each.getRole()),
          name + ".chat.messages[" + messages.size() + "].role",
          each.getRole().isEmpty() ? "\"\"" : shortened(each.getRole()),
          "system, user or assistant");
      messages.add(new Message(each.getRole(), each.getContent()));
      spend(name, CHARACTERS_PER_MESSAGE + each.getContent().length());
    }
    try {
      ChatPrompt prompt = template.prompt(tokenizer, messages);
      return new Prompt(prompt.ids(), prompt);
    } catch (UserError e) {
      String roles = messages.stream().map(Message::role).collect(Collectors.joining(", "));
      throw refused(name + ".chat", shortened(roles), "what the template takes", e);
    }
  }

  private void spend(String name, long more) {
    characters += more;
    UserError.require(
        characters <= MOST_CHARACTERS,
        name,
        characters + " characters of chats so far",
        "at most " + MOST_CHARACTERS + " in one call");
  }

  private UserError refused(String name, String value, String expectation, UserError cause) {
    String why = shortened(String.valueOf(cause.getMessage()));
    return new UserError(
        "%s: %s (expected: %s of %s; %s)".formatted(name, value, expectation, model, why), cause);
  }

  /** What a caller wrote may be long, and statuses travel in headers. */
  private static String shortened(String text) {
    return text.length() <= 400 ? text : text.substring(0, 400) + "...";
  }

  /** A prompt in tokens, and the way from what answers it to tokens. */
  final class Prompt {
    private final int[] ids;
    private final @Nullable ChatPrompt chat;

    private Prompt(int[] ids, @Nullable ChatPrompt chat) {
      this.ids = ids;
      this.chat = chat;
    }

    int[] ids() {
      return ids;
    }

    /** Beginnings of completions: text without an end. */
    List<int[]> beginnings(String name, List<Input> inputs) {
      for (int i = 0; i < inputs.size(); i++) {
        spend(name + "[" + i + "]", inputs.get(i)); // for all, before the first is written down
      }
      List<int[]> beginnings = new ArrayList<>(inputs.size());
      for (int i = 0; i < inputs.size(); i++) {
        String each = name + "[" + i + "]";
        beginnings.add(
            completion(each, inputs.get(i), tokenizer::encode, ChatPrompt::encodeBeginning));
      }
      return beginnings;
    }

    /** A whole completion: text ends with the end-of-text token, or as a chat's template says. */
    int[] whole(String name, Input input) {
      spend(name, input);
      return completion(name, input, tokenizer::encodeCompletion, ChatPrompt::encodeReply);
    }

    private void spend(String name, Input completion) {
      if (chat != null && completion.hasText()) {
        Prompts.this.spend(
            name, chat.length() + CHARACTERS_PER_MESSAGE + completion.getText().length());
      }
    }

    private int[] completion(
        String name,
        Input input,
        Function<String, int[]> plain,
        BiFunction<ChatPrompt, String, int[]> reply) {
      ChatPrompt before = chat;
      return switch (input.getFormCase()) {
        case TEXT ->
            before == null
                ? plain.apply(input.getText())
                : reply(name, () -> reply.apply(before, input.getText()));
        case TOKENS -> Inputs.ids(input.getTokens());
        case CHAT -> throw UserError.expected(name, "a chat", "text or tokens");
        case FORM_NOT_SET -> throw UserError.expected(name, "neither", "text or tokens");
      };
    }

    private int[] reply(String name, Supplier<int[]> reply) {
      try {
        return reply.get();
      } catch (UserError e) {
        throw refused(name, "text", "token ids after this chat", e);
      }
    }
  }
}
