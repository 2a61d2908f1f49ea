using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Actors.Gateway.Agents;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Actors.Gateway.Storage;

/// <summary>Reads bodies of requests that change something.</summary>
internal static class StorageBody
{
    private const int MaxBytes = 64 * 1_024;

    /// <summary>Reads a body of JSON.</summary>
    /// <returns>What it says, or the refusal.</returns>
    public static async Task<(T? Wish, IResult? Refusal)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> json)
        where T : class
    {
        // A page in a browser can send this type to another site only if that site says that it may.
        if (!context.Request.HasJsonContentType())
            return (null, AgentsApi.Refuse(StatusCodes.Status415UnsupportedMediaType, "no JSON", ["The body is JSON (application/json)."]));
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBytes;
        try
        {
            return await context.Request.ReadFromJsonAsync(json, context.RequestAborted) is { } wish ? (wish, null) : (null, AgentsApi.Wrong(["The body is null."]));
        }
        catch (JsonException malformed)
        {
            return (null, AgentsApi.Wrong([$"The body is not what it has to be: {malformed.Message}"]));
        }
        catch (BadHttpRequestException broken)
        {
            return (null, AgentsApi.Refuse(broken.StatusCode, "no body", [$"The body did not arrive, or has more than {MaxBytes} bytes."]));
        }
    }
}
