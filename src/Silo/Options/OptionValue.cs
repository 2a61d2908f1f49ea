namespace Actors.Silo.Options;

/// <summary>One value as a source gives it, before anything has been made of it.</summary>
/// <param name="Key">Path with colons: "Silo:NodeId". Case does not matter.</param>
/// <param name="Text">The value's text.</param>
/// <param name="Source">Where it stands.</param>
public sealed record OptionValue(string Key, string Text, OptionSource Source);
