package org.rlaif.model.hub;

import java.net.http.HttpRequest;
import org.rlaif.kit.UserError;

/** A token for the hub. It leaves this class in the header of a request and nowhere else. */
final class HubToken {
  static final HubToken NONE = new HubToken("", "");

  private final String place;
  private final String secret;

  private HubToken(String place, String secret) {
    this.place = place;
    this.secret = secret;
  }

  /**
   * A token, or none if the text is blank.
   *
   * @param place where it is from, in messages
   */
  static HubToken of(String place, String text) {
    String secret = text.strip();
    // The HTTP client would refuse such a header with a message that quotes it.
    if (!secret.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new UserError(place + ": the token in it has characters that no token has");
    }
    return secret.isEmpty() ? NONE : new HubToken(place, secret);
  }

  void sign(HttpRequest.Builder request) {
    if (!secret.isEmpty()) {
      request.header("Authorization", "Bearer " + secret);
    }
  }

  /** Text from elsewhere, in which the token may be quoted. */
  String removeFrom(String text) {
    return secret.isEmpty() ? text : text.replace(secret, "(token)");
  }

  /** What to look at when access is refused. */
  String advice() {
    return secret.isEmpty()
        ? "the model is not there, or wants a token: set HF_TOKEN"
        : "the model is not there, or wants more than the token in " + place + " allows";
  }

  @Override
  public String toString() {
    return secret.isEmpty() ? "no token" : "the token in " + place;
  }
}
