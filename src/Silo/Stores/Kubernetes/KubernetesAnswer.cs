using System.Net;
using System.Text.Json.Nodes;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>What the API server answered.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Body">The object, or the Status object of an error; null when the body is no JSON object.</param>
internal sealed record KubernetesAnswer(HttpStatusCode Code, JsonObject? Body)
{
    /// <summary>True when it did what was asked.</summary>
    public bool IsSuccess => (int)Code is >= 200 and < 300 && Body is not null;

    /// <summary>True when the named object is not there; a kind that the server does not know answers without a Status.</summary>
    public bool IsMissing => Code == HttpStatusCode.NotFound && Body is not null;

    /// <summary>True when another writer was faster.</summary>
    public bool IsConflict => Code == HttpStatusCode.Conflict;

    /// <summary>The server's own sentence.</summary>
    public string Message => KubernetesJson.Text(Body, "message") ?? $"HTTP {(int)Code}";

    /// <summary>The object's version, opaque, for the next write or watch.</summary>
    public string ResourceVersion => KubernetesJson.Text(Body, "metadata", "resourceVersion") ?? "";
}
