package org.rlaif.judge.language;

import java.net.http.HttpRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Secret;
import org.rlaif.kit.UserError;

/** An API key, and where it is from. */
public record ApiKey(@Nullable String variable, Secret secret) {
  /** Takes the key from an environment variable; without one, no key is sent. */
  public static ApiKey from(
      @Nullable String variable, Function<String, @Nullable String> environment) {
    if (variable == null || variable.isBlank()) {
      return new ApiKey(null, Secret.NONE);
    }
    String value = environment.apply(variable);
    if (value == null || value.isBlank()) {
      throw UserError.expected(
          "endpoint.keyVariable", variable, "an environment variable that holds the API key");
    }
    UserError unusable =
        UserError.expected(
            "endpoint.keyVariable",
            variable,
            "a key of printable ASCII characters, without spaces");
    return new ApiKey(variable, Secret.of(value, unusable));
  }

  void sign(HttpRequest.Builder request) {
    secret.sign(request);
  }

  /** Text from elsewhere, in which the key may be quoted. */
  String removeFrom(String text) {
    return secret.removeFrom(text, "(key)");
  }

  /** What to look at when the key is refused. */
  String advice() {
    return variable == null
        ? "200; this endpoint wants a key: name its variable in endpoint.keyVariable"
        : "200; is the key in " + variable + " the right one?";
  }

  @Override
  public String toString() {
    return "the key in " + variable;
  }
}
