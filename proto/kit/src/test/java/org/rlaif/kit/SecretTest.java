package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class SecretTest {
  private final UserError unusable = new UserError("no such characters");

  @Test
  void isInTheHeaderAndNowhereElse() {
    Secret secret = Secret.of(" s3cret\n", unusable);
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1/"));
    secret.sign(request);
    assertEquals(
        Optional.of("Bearer s3cret"), request.build().headers().firstValue("Authorization"));
    assertEquals("a secret", secret.toString());
    assertEquals("you sent (key)", secret.removeFrom("you sent s3cret", "(key)"));
  }

  @Test
  void blanksAreNone() {
    assertSame(Secret.NONE, Secret.of(" \n", unusable));
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1/"));
    Secret.NONE.sign(request);
    assertEquals(Optional.empty(), request.build().headers().firstValue("Authorization"));
    assertEquals("as it is", Secret.NONE.removeFrom("as it is", "(key)"));
  }

  @Test
  void whatNoHeaderHasIsRefusedUnseen() {
    for (String text : new String[] {"a b", "a\nb", "schlüssel"}) {
      assertSame(unusable, assertThrows(UserError.class, () -> Secret.of(text, unusable)));
    }
  }
}
