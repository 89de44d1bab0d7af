"""Two architectures as running models, untrained: each box of their diagrams in the book is a layer of that name."""

import keras
from keras import layers

from mmcourse.nn.encoders import audio_encoder, image_encoder

VOCABULARY, LENGTH, DIM = 50, 10, 32
PICTURE, SOUND = (16, 16, 3), (64, 32)  # (H, W, C), (S, bands)


def text_and_image() -> keras.Model:
    """{"text": (B, 10), "image": (B, 16, 16, 3), "words_so_far": (B, 10)} -> {"new_text": logits, "new_image"}.

    An encoder for each modality, a fusion that puts their vectors side by side, a decoder for each output.
    """
    inputs = {
        "text": _tokens("text"),
        "image": keras.Input(PICTURE, name="image"),
        "words_so_far": _tokens("words_so_far"),
    }
    features = [_text_encoder("text_encoder")(inputs["text"])]  # (B, T, D)
    features.append(_image_encoder("image_encoder")(inputs["image"]))  # (B, L, D)
    fused = layers.Concatenate(axis=1, name="fusion")(features)  # (B, T + L, D)
    new_text = _text_decoder(fused.shape[1])([inputs["words_so_far"], fused])  # (B, T, V)
    return keras.Model(inputs, {"new_text": new_text, "new_image": _image_decoder(fused.shape[1])(fused)})


def three_to_two() -> keras.Model:
    """{"audio": (B, 64, 32), "image": (B, 16, 16, 3), "text": (B, 10)} -> {"new_text": logits, "new_audio"}.

    The vectors of sound and picture stand before those of the words; a language model reads them all. Sound has a
    decoder of its own.
    """
    inputs = {"audio": keras.Input(SOUND, name="audio"), "image": keras.Input(PICTURE, name="image")}
    inputs["text"] = _tokens("text")
    features = [_audio_encoder("audio_embedding")(inputs["audio"])]  # (B, S / 8, D)
    features.append(_image_encoder("image_embedding")(inputs["image"]))  # (B, L, D)
    features.append(layers.Embedding(VOCABULARY, DIM, name="text_embedding")(inputs["text"]))  # (B, T, D)
    fused = layers.Concatenate(axis=1, name="feature_fusion")(features)  # (B, S / 8 + L + T, D)
    outputs = {"new_text": _language_model(fused.shape[1])(fused), "new_audio": _audio_decoder(fused.shape[1])(fused)}
    return keras.Model(inputs, outputs)


def _tokens(name: str):
    return keras.Input((LENGTH,), dtype="int32", name=name)


def _text_encoder(name: str) -> keras.Model:
    """(B, T) -> (B, T, D); every word looks at all words."""
    tokens = _tokens("tokens")
    words = layers.Embedding(VOCABULARY, DIM)(tokens)
    return keras.Model(tokens, layers.MultiHeadAttention(2, DIM // 2)(words, words), name=name)


def _image_encoder(name: str) -> keras.Model:
    encoder = image_encoder(PICTURE, DIM)
    return keras.Model(encoder.input, encoder.output, name=name)


def _audio_encoder(name: str) -> keras.Model:
    encoder = audio_encoder(SOUND, DIM)
    return keras.Model(encoder.input, encoder.output, name=name)


def _text_decoder(places: int) -> keras.Model:
    """Words so far (B, T) and what they look at (B, L, D) -> logits (B, T, V)."""
    tokens, context = _tokens("tokens"), keras.Input((places, DIM), name="context")
    words = layers.Embedding(VOCABULARY, DIM)(tokens)
    words = words + layers.MultiHeadAttention(2, DIM // 2)(words, words, use_causal_mask=True)
    words = words + layers.MultiHeadAttention(2, DIM // 2)(words, context)
    return keras.Model([tokens, context], layers.Dense(VOCABULARY)(words), name="text_decoder")


def _language_model(places: int) -> keras.Model:
    """Prefix and words (B, L, D) -> logits (B, T, V) for what follows each word."""
    vectors = keras.Input((places, DIM))
    x = vectors + layers.MultiHeadAttention(2, DIM // 2)(vectors, vectors, use_causal_mask=True)
    words = layers.Cropping1D((places - LENGTH, 0))(x)
    return keras.Model(vectors, layers.Dense(VOCABULARY)(words), name="language_model")


def _image_decoder(places: int) -> keras.Model:
    """Vectors (B, L, D) -> a picture (B, 16, 16, 3) in [0, 1]: a small map, made larger twice."""
    vectors = keras.Input((places, DIM))
    x = layers.Dense(4 * 4 * DIM)(layers.GlobalAveragePooling1D()(vectors))
    x = layers.Conv2DTranspose(DIM, 3, strides=2, padding="same", activation="relu")(layers.Reshape((4, 4, DIM))(x))
    x = layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="sigmoid")(x)  # (B, 16, 16, 3)
    return keras.Model(vectors, x, name="image_decoder")


def _audio_decoder(places: int) -> keras.Model:
    """Vectors (B, L, D) -> log-mel frames (B, 64, 32): a few frames, made more three times."""
    vectors = keras.Input((places, DIM))
    x = layers.Reshape((8, DIM))(layers.Dense(8 * DIM)(layers.GlobalAveragePooling1D()(vectors)))
    for _ in range(3):
        x = layers.Conv1DTranspose(DIM, 3, strides=2, padding="same")(x)  # (B, 16, D), (B, 32, D), (B, 64, D)
    return keras.Model(vectors, x, name="audio_decoder")
