/**
 * Text and tokens: how what people write becomes what a network reads, and back.
 *
 * <p>A {@code tokenizer.json}, which {@link org.rlaif.model.text.BpeTrainer} can make from text, is
 * read by {@link org.rlaif.model.text.Tokenizer}. The {@link org.rlaif.model.text.ChatTemplate}
 * beside it says how a conversation is written, {@link org.rlaif.model.text.ChatPrompt} how the
 * reply that goes on with it; {@link org.rlaif.model.text.TextPrompt} goes on with a text or with
 * tokens. {@link org.rlaif.model.text.TextStream} is the one way from tokens to text.
 *
 * <p>Nothing here knows a network or its weights: of a model folder only the small files are read
 * that lie beside {@code tokenizer.json}.
 */
@NullMarked
package org.rlaif.model.text;

import org.jspecify.annotations.NullMarked;
