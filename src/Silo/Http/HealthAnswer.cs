namespace Actors.Silo.Http;

/// <summary>Body of <c>/healthz</c> and <c>/readyz</c>.</summary>
/// <param name="Status">"alive", "ready", or what the silo is instead.</param>
/// <param name="Reasons">Why it is not; empty when it is.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);
