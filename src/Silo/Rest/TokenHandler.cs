using System.Net.Http.Headers;

namespace Actors.Silo.Rest;

/// <summary>Adds a file's token to each request.</summary>
internal sealed class TokenHandler(string file, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Why a file gives no token; null when it does.</summary>
    public static string? FindProblem(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim().Length > 0 ? null : $"the file {Path.GetFullPath(file)} is empty";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, cancellationToken)).Trim());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new HttpRequestException($"its token cannot be read: {failure.Message}", failure);
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
