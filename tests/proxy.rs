//! A bad network: a proxy in front of the engine that loses what a test wants it to lose.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives, and so does the answer.
    Answered,
    /// The connection breaks before it arrives.
    Lost,
    /// It arrives, but the connection breaks before the answer comes back.
    AnswerLost,
    /// It does not arrive for a long time, and the connection stays open.
    Stuck,
}

type Decide = Box<dyn Fn(&str, usize) -> Fate + Send + Sync>;

/// A proxy for requests that each have a connection of their own, as the client makes them.
pub struct Proxy {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Listens in front of `upstream`. `decide` is given each request and how many were seen before it.
    ///
    /// # Panics
    ///
    /// When there is no free port.
    pub async fn start(upstream: &str, decide: impl Fn(&str, usize) -> Fate + Send + Sync + 'static) -> Self {
        let upstream = upstream.strip_prefix("http://").expect("a loopback URL").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let decide: Arc<Decide> = Arc::new(Box::new(decide));
        tokio::spawn({
            let seen = seen.clone();
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    let (upstream, seen, decide) = (upstream.clone(), seen.clone(), decide.clone());
                    // A broken connection is what this is for.
                    tokio::spawn(async move { drop(pass(client, &upstream, &seen, &decide).await) });
                }
            }
        });
        Self { url, seen }
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How many requests had these words in them.
    ///
    /// # Panics
    ///
    /// When the proxy itself has panicked.
    pub fn count(&self, words: &str) -> usize {
        self.seen.lock().expect("the list is in order").iter().filter(|request| request.contains(words)).count()
    }
}

async fn pass(
    mut client: TcpStream,
    upstream: &str,
    seen: &Mutex<Vec<String>>,
    decide: &Decide,
) -> std::io::Result<()> {
    let request = read_request(&mut client).await?;
    let text = String::from_utf8_lossy(&request).into_owned();
    let fate = {
        let mut seen = seen.lock().expect("the list is in order");
        seen.push(text.clone());
        decide(&text, seen.len() - 1)
    };
    if fate == Fate::Lost {
        return Ok(());
    }
    if fate == Fate::Stuck {
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        return Ok(());
    }
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(&request).await?;
    if fate == Fate::AnswerLost {
        // The server has begun to answer, so it has done what was asked.
        server.read_u8().await?;
        return Ok(());
    }
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// One request with its body.
async fn read_request(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = client.read(&mut buffer).await?;
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let complete = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            body.len() >= length.unwrap_or(0)
        });
        if complete || count == 0 {
            return Ok(request);
        }
    }
}
