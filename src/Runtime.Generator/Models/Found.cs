namespace Actors.Runtime.Generator.Models;

/// <summary>What one declaration gave: a model unless an error forbids code for it, and findings.</summary>
internal sealed record Found<T>(T? Model, EquatableArray<DiagnosticInfo> Diagnostics)
    where T : class;
