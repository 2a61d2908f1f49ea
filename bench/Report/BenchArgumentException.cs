namespace Actors.Bench.Report;

/// <summary>An option of a benchmark that is unknown, or whose value cannot be used; the message is for the person at the desk.</summary>
public sealed class BenchArgumentException(string message) : Exception(message);
