package org.rlaif.model.hub;

import java.net.http.HttpRequest;
import org.rlaif.kit.Secret;
import org.rlaif.kit.UserError;

/** A token for the hub, and where it is from. */
record HubToken(String place, Secret secret) {
  static final HubToken NONE = new HubToken("", Secret.NONE);

  /**
   * A token, or none if the text is blank.
   *
   * @param place where it is from, in messages
   */
  static HubToken of(String place, String text) {
    var unusable = new UserError(place + ": the token in it has characters that no token has");
    Secret secret = Secret.of(text, unusable);
    return secret.isNone() ? NONE : new HubToken(place, secret);
  }

  void sign(HttpRequest.Builder request) {
    secret.sign(request);
  }

  /** Text from elsewhere, in which the token may be quoted. */
  String removeFrom(String text) {
    return secret.removeFrom(text, "(token)");
  }

  /** What to look at when access is refused. */
  String advice() {
    return secret.isNone()
        ? "the model is not there, or wants a token: set HF_TOKEN"
        : "the model is not there, or wants more than the token in " + place + " allows";
  }

  @Override
  public String toString() {
    return secret.isNone() ? "no token" : "the token in " + place;
  }
}
