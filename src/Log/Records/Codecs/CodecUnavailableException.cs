namespace Actors.Log;

/// <summary>A codec's system library is not installed.</summary>
public sealed class CodecUnavailableException : Exception
{
    internal CodecUnavailableException(CompressionCodec codec, string library, string package, Exception inner)
        : base($"{codec} compression needs {library}, which is not installed or cannot be loaded: install {package} (apt-get install {package}).", inner)
    {
        Codec = codec;
        Library = library;
        Package = package;
    }

    /// <summary>The codec that cannot be used.</summary>
    public CompressionCodec Codec { get; }

    /// <summary>The file that the loader looked for.</summary>
    public string Library { get; }

    /// <summary>The Debian package that brings it.</summary>
    public string Package { get; }
}
