package org.rlaif.training.environments;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.EnvironmentClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.v1.Chat;
import org.rlaif.v1.EnvironmentReply;

/**
 * A service that speaks {@code rlaif.v1.Environment}, whatever it is written in. A token that it is
 * to be shown is in {@value #TOKEN} of the process's environment.
 *
 * @param address {@code host:port}
 * @param turns the policy's in an episode, at most
 * @param seconds that a call may take
 * @param tls how it is known, and what it is shown; null: no TLS
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ServiceEnvironment(
    String address, int turns, double seconds, @MayBeAbsent @Nullable Tls tls)
    implements EnvironmentKind {
  /** The environment variable of the token. */
  public static final String TOKEN = "RLAIF_ENVIRONMENT_TOKEN";

  private static final String NAME = "onPolicy.environment";

  public ServiceEnvironment {
    UserError.require(
        !address.isBlank(), NAME + ", address", "\"\"", "host:port of the environment's service");
    UserError.require(turns >= 1, NAME + ", turns", turns, ">= 1");
    UserError.require(seconds > 0, NAME + ", seconds", seconds, "> 0");
  }

  @Override
  public Environment open() {
    return new Remote(
        explained(
            () ->
                EnvironmentClient.open(
                    address,
                    Duration.ofMillis((long) Math.ceil(1000 * seconds)),
                    new Credentials(
                        Objects.requireNonNullElse(tls, Tls.NONE), System.getenv(TOKEN)))));
  }

  private record Remote(EnvironmentClient client) implements Environment {
    @Override
    public List<Reply> reply(List<Episode> episodes) {
      return explained(
          () ->
              client.reply(episodes.stream().map(ServiceEnvironment::asked).toList()).stream()
                  .map(ServiceEnvironment::reply)
                  .toList());
    }

    @Override
    public List<String> tools() {
      return explained(client::tools);
    }

    @Override
    public void close() {
      client.close();
    }
  }

  /** The service is the user's own: whatever goes wrong in it is theirs to mend. */
  private static <T> T explained(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw new UserError(NAME + ": " + e.getStatus().getDescription(), e);
    } catch (IllegalArgumentException e) {
      throw new UserError(NAME + ": " + e.getMessage(), e);
    }
  }

  private static org.rlaif.v1.Episode asked(Episode episode) {
    org.rlaif.v1.Episode.Builder asked =
        org.rlaif.v1.Episode.newBuilder()
            .setId(episode.id())
            .setSeed(episode.seed())
            .addAllTurns(messages(episode.turns()));
    if (episode.prompt() instanceof Prompt.Chat chat) {
      asked.setChat(Chat.newBuilder().addAllMessages(messages(chat.messages())));
    } else {
      asked.setText(episode.prompt().transcript());
    }
    return asked.build();
  }

  private static List<org.rlaif.v1.Message> messages(List<Message> messages) {
    return messages.stream()
        .map(
            each ->
                org.rlaif.v1.Message.newBuilder()
                    .setRole(each.role())
                    .setContent(each.content())
                    .build())
        .toList();
  }

  private static Reply reply(EnvironmentReply reply) {
    return new Reply(
        reply.getMessagesList().stream()
            .map(each -> new Message(each.getRole(), each.getContent()))
            .toList(),
        reply.hasReward() ? (Double) reply.getReward() : null);
  }
}
