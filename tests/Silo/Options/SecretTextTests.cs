using Actors.Silo.Options;

namespace Actors.Silo.Tests.Options;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("hunter2", "***")]
    [InlineData("c2VjcmV0==", "***")]
    [InlineData("Host=db;Port=5432;Username=me;Password=hunter2", "Host=db;Port=5432;Username=me;***")]
    [InlineData("Password=hunter2;Host=db", "***;Host=db")]
    [InlineData("host = db ; passfile = /x", "host = db;***")]
    [InlineData("postgres://me:hunter2@db:5432/actors", "postgres://***@db:5432/actors")]
    [InlineData("postgres://me:a@b@db/actors?sslpassword=hunter2", "postgres://***@db/actors?***")]
    [InlineData("http://collector:4318", "http://collector:4318")]
    public void Only_what_is_known_to_be_harmless_is_shown(string text, string shown) => Assert.Equal(shown, SecretText.Mask(text));
}
