namespace Actors.Silo.Options;

/// <summary>A rule that a value breaks.</summary>
/// <param name="Property">Name of the property in the options record.</param>
/// <param name="Sentence">What is allowed.</param>
public readonly record struct OptionBreach(string Property, string Sentence);
