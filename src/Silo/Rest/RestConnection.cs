namespace Actors.Silo.Rest;

/// <summary>The connections to the one storage system that the silo asks; it ends with the silo.</summary>
/// <param name="service">Who is asked.</param>
internal sealed class RestConnection(RestService service) : IDisposable
{
    /// <summary>Makes the requests.</summary>
    public HttpClient Http { get; } = service.CreateClient();

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();
}
