//! Chunked uploads that were refused before their end.
//!
//! actix reads a chunked upload to its end once it is dropped, in order to reuse the connection. An endless upload
//! would then be read forever. If the upload still exists after the last byte of the response, actix closes the
//! connection instead. It does that by itself when the length was announced.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures_util::Stream;
use futures_util::stream::LocalBoxStream;

/// Keeps a chunked upload in memory until its response is sent.
pub async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if !request.headers().contains_key(header::TRANSFER_ENCODING) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let upload = Upload(Rc::new(RefCell::new(request.take_payload())));
    let stream: LocalBoxStream<'static, _> = Box::pin(upload.clone());
    request.set_payload(Payload::Stream { payload: stream });
    let response = next.call(request).await?;
    Ok(response.map_body(|_, body| BoxBody::new(Answer { body: body.boxed(), _upload: upload })))
}

/// An upload that its reader and the response share.
#[derive(Clone)]
struct Upload(Rc<RefCell<Payload>>);

impl Stream for Upload {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(cx)
    }
}

/// The body of a response, with the upload of its request.
struct Answer {
    body: BoxBody,
    _upload: Upload,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
