using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Actors.Cli.Output;

namespace Actors.Cli.Agents;

/// <summary>Asks the first silo that answers something of <c>/api/v1</c>.</summary>
/// <param name="addresses">HTTP addresses of silos.</param>
/// <param name="bearer">The silo's secret, which is sent along; so nothing is sent to an address that is not of this machine. Null: anybody may ask.</param>
/// <param name="time">For the deadline.</param>
internal sealed class SiloClient(IReadOnlyList<HostPort> addresses, string? bearer, TimeProvider time) : IDisposable
{
    private const string JsonType = "application/json";

    /// <summary>How long an answer may take.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new() { Timeout = System.Threading.Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request without a body.</summary>
    /// <exception cref="CliException">No silo answers, or one says no.</exception>
    public Task<TAnswer> SendAsync<TAnswer>(HttpMethod method, string path, JsonTypeInfo<TAnswer> json, CancellationToken token) =>
        SendAsync(method, path, body: null, JsonType, json, token);

    /// <summary>Sends a request with a body.</summary>
    /// <exception cref="CliException">No silo answers, or one says no; a silo that may have done it is not followed by another one.</exception>
    public Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyJson, JsonTypeInfo<TAnswer> json, CancellationToken token) =>
        SendAsync(method, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyJson), JsonType, json, token);

    /// <summary>Sends a request with a text.</summary>
    /// <exception cref="CliException">No silo answers, or one says no; a silo that may have done it is not followed by another one.</exception>
    public Task<TAnswer> SendTextAsync<TAnswer>(HttpMethod method, string path, string text, string contentType, JsonTypeInfo<TAnswer> json, CancellationToken token) =>
        SendAsync(method, path, Encoding.UTF8.GetBytes(text), contentType, json, token);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, byte[]? body, string contentType, JsonTypeInfo<TAnswer> json, CancellationToken token)
    {
        var reasons = new List<string>();
        foreach (var address in addresses)
        {
            if (bearer is not null && !IsThisMachine(address.Host))
                throw new CliException($"{address} may be another machine, and a silo's secret is sent to its own only, for it is not encrypted on its way. Run this there, with --http 127.0.0.1:port.");
            using var deadline = new CancellationTokenSource(Timeout, time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
            try
            {
                using var request = new HttpRequestMessage(method, new Uri($"http://{address}{path}"));
                if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
                if (body is not null)
                {
                    request.Content = new ByteArrayContent(body);
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
                }

                using var answer = await _client.SendAsync(request, linked.Token);
                if (!answer.IsSuccessStatusCode)
                {
                    throw new CliException($"http://{address} says no ({(int)answer.StatusCode}):{await ReasonAsync(answer, linked.Token)}")
                    {
                        IsTransient = answer.StatusCode == HttpStatusCode.ServiceUnavailable,
                        Status = answer.StatusCode,
                    };
                }

                return answer.StatusCode == HttpStatusCode.NoContent
                    ? default!
                    : await answer.Content.ReadFromJsonAsync(json, linked.Token) ?? throw new JsonException("The answer is null.");
            }
            catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
            {
                reasons.Add($"http://{address} could not be asked ({failure.Message.TrimEnd('.')}).");
            }
            catch (Exception failure) when (failure is HttpRequestException or JsonException)
            {
                throw new CliException($"http://{address} is no silo, or broke off. Name a silo's HTTP address with --http host:port.") { IsTransient = failure is HttpRequestException };
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                throw new CliException($"http://{address} did not answer within {Timeout.TotalSeconds} s; whether it did what it was asked is not known.") { IsTransient = true };
            }
        }

        throw new CliException($"{string.Join(' ', reasons)} Start a silo (scripts/run), or name another address with --http host:port.") { IsTransient = true };
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>One reason on the same line; of several, each on a line of its own.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage answer, CancellationToken token)
    {
        try
        {
            var refusal = await answer.Content.ReadFromJsonAsync(CliJson.Default.HttpRefusal, token);
            return refusal?.Reasons is [var reason] ? $" {reason}" : string.Concat((refusal?.Reasons ?? []).Select(static reason => $"\n  {reason}"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return $" {answer.ReasonPhrase}";
        }
    }
}
