package org.rlaif.client;

import org.rlaif.v1.GenerateResponse;

/** Puts the parts of a completion together. */
final class WholeCompletion {
  private final GenerateResponse.Builder whole = GenerateResponse.newBuilder();
  private final StringBuilder text = new StringBuilder();

  void add(GenerateResponse part) {
    text.append(part.getText());
    whole.mergeFrom(part); // joins lists; of the rest the last message alone has any
  }

  GenerateResponse get() {
    return whole.setText(text.toString()).build();
  }
}
