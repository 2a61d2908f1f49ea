namespace Actors.Silo.Options;

/// <summary>The address of a REST service that silos ask.</summary>
internal static class RestAddress
{
    /// <summary>Checks an address; null is none, and no mistake.</summary>
    /// <param name="property">The option's property.</param>
    /// <param name="address">What was given.</param>
    /// <param name="isProven">Whether the silos prove who they are, by a token or a key: then they do so on an encrypted connection, or within this machine.</param>
    /// <param name="example">What one looks like.</param>
    public static IEnumerable<OptionBreach> Check(string property, string? address, bool isProven, string example)
    {
        if (address is null) yield break;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps) || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
            yield return new(property, $"must be an address such as {example}");
        else if (isProven && uri.Scheme == Uri.UriSchemeHttp && !uri.IsLoopback)
            yield return new(property, "must begin with https:// where a token or a certificate is used: on an unencrypted connection anybody in between could read it");
    }

    /// <summary>The address with its end, so that paths are taken to be below it.</summary>
    /// <param name="address">A checked address.</param>
    /// <param name="basePath">What stands in for a path that is missing.</param>
    public static Uri Of(string address, string basePath)
    {
        var uri = new Uri(address);
        return uri.AbsolutePath == "/" ? new Uri(uri, basePath) : uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
    }
}
