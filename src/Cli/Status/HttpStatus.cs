namespace Actors.Cli.Status;

/// <summary>What <c>/api/v1/status</c> answers; fields that are missing stay null.</summary>
/// <param name="Silos">The silos that the answering one knows.</param>
internal sealed record HttpStatus(IReadOnlyList<HttpSilo>? Silos);
