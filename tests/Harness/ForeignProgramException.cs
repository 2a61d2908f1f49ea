namespace Actors.Harness;

/// <summary>A program that a test needs is missing, has failed, or has not ended in time.</summary>
public sealed class ForeignProgramException(string message) : Exception(message);
